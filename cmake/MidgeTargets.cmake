# Functions for the CMakeLists.txt of each folder; there is one target for each folder.

# midge_precompiled(TARGET library|program|test) uses the precompiled headers of MidgePrecompile.cmake, if there are any.
function(midge_precompiled target kind)
    if(MIDGE_PRECOMPILE)
        target_precompile_headers(${target} REUSE_FROM midge_precompiled_${kind})
    endif()
endfunction()

# midge_export(TARGET) exports midge_x as Midge::x for programs that embed the broker (MidgeLibrary.cmake).
function(midge_export target)
    string(REPLACE midge_ "" exported ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${exported})
    install(TARGETS ${target} EXPORT MidgeTargets ARCHIVE DESTINATION lib/midge COMPONENT core EXCLUDE_FROM_ALL)
endfunction()

# midge_library(NAME SOURCES ... [DEPS ...]) makes a static library, which may include the headers of core/ as
# "<folder>/<file>.h".
function(midge_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/core> $<INSTALL_INTERFACE:include/midge/core>)
    target_link_libraries(${name} PUBLIC ${arg_DEPS} PRIVATE $<BUILD_INTERFACE:midge_flags> ${arg_PRIVATE_DEPS})
    midge_precompiled(${name} library)
    cmake_path(IS_PREFIX PROJECT_SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR} in_tree)
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE folder)
    if(in_tree AND folder MATCHES "^core/")
        midge_export(${name})
    endif()
endfunction()

# On Windows, this starts Winsock before main(), so that programs need not do it.
function(midge_start_network target)
    if(WIN32)
        target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/windows/start_windows.cpp)
        target_link_libraries(${target} PRIVATE ws2_32)
    endif()
endfunction()

# midge_program(NAME [COMPONENT server|tools] SOURCES ... DEPS ...) makes a program in bin/, and installs it with the component,
# if given.
function(midge_program name)
    cmake_parse_arguments(arg "" "COMPONENT" "SOURCES;DEPS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE midge_flags ${arg_DEPS})
    midge_precompiled(${name} program)
    midge_start_network(${name})
    if(WIN32)
        target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/windows/program.rc)
    endif()
    if(arg_COMPONENT)
        install(TARGETS ${name} RUNTIME DESTINATION bin COMPONENT ${arg_COMPONENT})
    endif()
endfunction()

# midge_plugin(NAME SOURCES ... DEPS ...) makes a module lib/midge/plugins/NAME.so or NAME.dll.
function(midge_plugin name)
    cmake_parse_arguments(arg "" "OUTPUT_DIRECTORY" "SOURCES;DEPS" ${ARGN})
    if(NOT arg_OUTPUT_DIRECTORY)
        set(arg_OUTPUT_DIRECTORY ${MIDGE_PLUGIN_OUTPUT_DIRECTORY})
    endif()
    add_library(${name} MODULE ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT_DIRECTORY})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/plugins)
    target_link_libraries(${name} PRIVATE midge_flags ${arg_DEPS})
endfunction()

# midge_test(NAME SOURCES ... DEPS ... [LABELS ...] [TIMEOUT seconds]) makes a GoogleTest program, which is one ctest test. The
# label `threads` is for tests with more than one thread: they are also built and run with ThreadSanitizer. The time limit is
# ten times the duration on a busy machine; nearly all tests take less than six seconds.
function(midge_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${name} PRIVATE midge_flags ${arg_DEPS} GTest::gmock GTest::gtest_main)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # A false alarm with -O2 about tests that unwrap a Result of maps.
        target_compile_options(${name} PRIVATE -Wno-free-nonheap-object)
    endif()
    midge_precompiled(${name} test)
    midge_start_network(${name})
    add_test(NAME ${name} COMMAND ${name})
    if("threads" IN_LIST arg_LABELS)
        add_dependencies(threaded_tests ${name})
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "unit;${arg_LABELS}")
endfunction()

# midge_fuzzer(NAME SOURCE file CORPUS dir DEPS ...) makes a libFuzzer program with MIDGE_FUZZ. Otherwise (and in ctest) the
# program replays every file of its corpus, so that each corpus is a regression test with the sanitizers.
function(midge_fuzzer name)
    cmake_parse_arguments(arg "" "SOURCE;CORPUS" "DEPS" ${ARGN})
    add_executable(${name} ${arg_SOURCE})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE midge_flags ${arg_DEPS})
    if(MIDGE_FUZZ)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_test(NAME ${name}_corpus COMMAND ${name} -runs=0 ${arg_CORPUS})
    else()
        target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
        add_test(NAME ${name}_corpus COMMAND ${name} ${arg_CORPUS})
    endif()
    set_tests_properties(${name}_corpus PROPERTIES LABELS fuzz TIMEOUT 120)
endfunction()
