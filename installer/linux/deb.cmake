# Settings of CPack's DEB generator.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# The changelog of the packages; that of the program is CHANGELOG.md.
string(TIMESTAMP deb_date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH, if that is set
set(deb_docs ${CMAKE_BINARY_DIR}/installed/deb)
configure_file(${CMAKE_CURRENT_LIST_DIR}/deb/changelog.in ${deb_docs}/changelog @ONLY)
add_custom_command(OUTPUT ${deb_docs}/changelog.Debian.gz
    COMMAND ${CMAKE_COMMAND} -E env gzip --best --no-name --stdout ${deb_docs}/changelog > ${deb_docs}/changelog.Debian.gz
    DEPENDS ${deb_docs}/changelog)
add_custom_target(deb_changelog ALL DEPENDS ${deb_docs}/changelog.Debian.gz)

foreach(component plugins server tools dev)
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME midge-${component})
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION net)
    set(CPACK_DEBIAN_${upper}_DESCRIPTION "${about_${component}}\n${more_${component}}")
    install(FILES ${CMAKE_CURRENT_LIST_DIR}/deb/copyright ${deb_docs}/changelog.Debian.gz
        DESTINATION share/doc/midge-${component} COMPONENT ${component})
endforeach()

set(CPACK_DEBIAN_DEV_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_DEV_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "cmake, pkg-config, libpoco-dev")

# The user and the folders are made by systemd's tools, which there are without systemd too.
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS
    "systemd | systemd-standalone-sysusers | systemd-sysusers, systemd | systemd-standalone-tmpfiles | systemd-tmpfiles")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "midge-tools")
foreach(script postinst prerm postrm conffiles)
    list(APPEND CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/deb/${script})
endforeach()
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_STRICT_PERMISSION ON)
