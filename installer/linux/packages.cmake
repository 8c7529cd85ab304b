# CPack: midge-plugins, midge-server, midge-tools and midge-dev as .deb and .rpm, and all of them in one .tar.gz that runs wherever
# it is unpacked. scripts/package.sh calls it.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
include(manuals.cmake)

set(CPACK_PACKAGE_NAME midge)
set(CPACK_PACKAGE_VENDOR "Midge")
set(CPACK_PACKAGE_CONTACT "Midge maintainers <maintainers@midge.invalid>" CACHE STRING "Maintainer named in the packages")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has one of its own
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL plugins server tools dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENT_SERVER_DEPENDS plugins)
set(CPACK_COMPONENT_TOOLS_DEPENDS plugins)

# What each package is, in one line and in some more of at most 80 characters.
set(about_plugins "resolvers and event sinks of the Midge message broker")
set(more_plugins [[
Account resolvers (memory, directory, HTTP) and event sinks, which midged and
midge-account-server load at run time.]])
set(about_server "NATS-compatible message broker")
set(more_server [[
midged speaks the NATS protocol: publish and subscribe, requests, queue
groups, accounts by JWT, system events. Account resolvers and event sinks are
plugins.]])
set(about_tools "command line client and account tools for NATS servers")
set(more_tools [[
midge publishes, subscribes and requests; midge-nsc makes operators, accounts
and users; midge-account-server serves account JWTs over HTTP. They are also
there under the names that NATS documentation uses, in
/usr/lib/midge/nats-names.]])
set(about_dev "headers for plugins of the Midge message broker")
set(more_dev [[
The C interface of account resolvers and event sinks, a wrapper in C++, a
CMake package and a pkg-config file.]])

include(${CMAKE_CURRENT_LIST_DIR}/deb.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/rpm.cmake)

# One archive with everything; the component is in none of the packages.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
    DESTINATION share/doc/midge COMPONENT archive)
set(CPACK_ARCHIVE_COMPONENT_INSTALL OFF)
set(CPACK_PACKAGE_FILE_NAME midge-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
include(CPack)
