# The development files for programs that embed the broker: the libraries of core/, their headers, and a CMake package. They are
# the component `core`, which is installed only if it is named explicitly, because it fits only the compiler that built it.
include(CMakePackageConfigHelpers)

add_library(midge_core INTERFACE)
target_link_libraries(midge_core INTERFACE midge_broker)
target_compile_features(midge_core INTERFACE cxx_std_20)
midge_export(midge_core)

set(folder lib/cmake/Midge)
set(made ${CMAKE_BINARY_DIR}/installed/Midge)
configure_file(${PROJECT_SOURCE_DIR}/cmake/package/MidgeConfig.cmake.in ${made}/MidgeConfig.cmake @ONLY)
write_basic_package_version_file(${made}/MidgeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${made}/MidgeConfig.cmake ${made}/MidgeConfigVersion.cmake DESTINATION ${folder} COMPONENT core EXCLUDE_FROM_ALL)
install(EXPORT MidgeTargets NAMESPACE Midge:: DESTINATION ${folder} COMPONENT core EXCLUDE_FROM_ALL)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/ DESTINATION include/midge/core COMPONENT core EXCLUDE_FROM_ALL FILES_MATCHING PATTERN "*.h")
