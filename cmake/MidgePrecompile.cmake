# Library headers that most files include, compiled once for each kind of code. midge_precompiled(TARGET KIND) uses them.
# scripts/checks compiles without them, to check that every file includes all headers that it needs.
set(precompiled_headers <algorithm> <atomic> <chrono> <filesystem> <functional> <map> <memory> <mutex> <optional> <set> <string>
    <thread> <unordered_map> <vector> <fmt/format.h> <tl/expected.hpp> <Poco/JSON/Object.h> <Poco/JSON/Parser.h>)
set(precompiled_source ${CMAKE_BINARY_DIR}/precompiled.cpp)
file(CONFIGURE OUTPUT ${precompiled_source} CONTENT "int main() {}\n")

# Libraries are position-independent code, and programs are position-independent executables. They need separate precompiled
# headers.
add_library(midge_precompiled_library OBJECT ${precompiled_source})
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/precompiled)
add_executable(midge_precompiled_program ${precompiled_source})
foreach(target midge_precompiled_library midge_precompiled_program)
    target_link_libraries(${target} PRIVATE midge_flags fmt::fmt tl::expected Poco::JSON Poco::Foundation)
    target_precompile_headers(${target} PRIVATE ${precompiled_headers})
endforeach()
set_target_properties(midge_precompiled_program PROPERTIES EXCLUDE_FROM_ALL ON)
if(MIDGE_TESTS)
    add_executable(midge_precompiled_test EXCLUDE_FROM_ALL ${precompiled_source})
    target_link_libraries(midge_precompiled_test PRIVATE midge_flags fmt::fmt tl::expected Poco::JSON Poco::Foundation GTest::gmock)
    target_precompile_headers(midge_precompiled_test PRIVATE ${precompiled_headers} <gmock/gmock.h> <gtest/gtest.h>)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
