# Warnings, sanitizers, ccache and LTO for every target of the tree.
find_program(MIDGE_CCACHE ccache)
if(MIDGE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # ccache requires this sloppiness for precompiled headers.
    set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${MIDGE_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Use the fastest linker that is installed. For Windows and link-time optimisation, use the compiler's default.
if(NOT WIN32 AND NOT MSVC AND NOT MIDGE_LTO)
    find_program(MIDGE_LINKER NAMES mold ld.lld)
    if(MIDGE_LINKER MATCHES "mold$")
        add_link_options(-fuse-ld=mold)
    elseif(MIDGE_LINKER)
        add_link_options(-fuse-ld=lld)
    endif()
endif()

add_library(midge_flags INTERFACE)
if(MSVC)  # clang-cl, because parser.h and other files need builtins of GCC
    target_compile_options(midge_flags INTERFACE /W4 /permissive- /utf-8 /Zc:__cplusplus /Zc:preprocessor)
    target_compile_definitions(midge_flags INTERFACE NOMINMAX _WIN32_WINNT=0x0A00)
else()
    target_compile_options(midge_flags INTERFACE
        -Wall -Wextra -Wpedantic -Wshadow
        $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
        -fvisibility=hidden)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms on std::string with -O2: GCC bug 105651.
    target_compile_options(midge_flags INTERFACE -Wno-restrict)
endif()
if(MIDGE_WERROR)
    target_compile_options(midge_flags INTERFACE -Werror)
endif()

if(MIDGE_SANITIZE)
    add_compile_options(-fsanitize=${MIDGE_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${MIDGE_SANITIZE})
    if(MIDGE_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
endif()
if(MIDGE_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "MIDGE_FUZZ needs clang; the compiler is ${CMAKE_CXX_COMPILER_ID}")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(MIDGE_LTO)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
