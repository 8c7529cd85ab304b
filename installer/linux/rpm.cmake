# Settings of CPack's RPM generator. Its packages need the libraries of the distribution that they were built on.
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE "Apache-2.0")
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_COMPRESSION_TYPE xz)
set(CPACK_RPM_PACKAGE_AUTOREQ ON)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)  # the settings are in /etc
# The same commit gives the same packages, as with the other kinds: times are SOURCE_DATE_EPOCH.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _buildhost localhost")
set(CPACK_RPM_DEV_PACKAGE_ARCHITECTURE noarch)
set(CPACK_RPM_DEV_PACKAGE_AUTOREQ OFF)
# Folders that belong to the system.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /etc /usr/lib/systemd /usr/lib/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d
    /usr/share/bash-completion /usr/share/bash-completion/completions
    /usr/share/cmake /usr/share/fish /usr/share/fish/vendor_completions.d /usr/share/man /usr/share/man/man1 /usr/share/man/man5
    /usr/share/man/man8 /usr/share/pkgconfig /usr/share/zsh /usr/share/zsh/vendor-completions)

foreach(component plugins server tools dev)
    string(TOUPPER ${component} upper)
    set(CPACK_RPM_${upper}_PACKAGE_NAME midge-${component})
    set(CPACK_RPM_${upper}_PACKAGE_GROUP "System Environment/Daemons")
    set(CPACK_RPM_${upper}_PACKAGE_SUMMARY "${about_${component}}")
    set(CPACK_RPM_${upper}_PACKAGE_DESCRIPTION "${more_${component}}")
endforeach()
set(CPACK_RPM_SERVER_PACKAGE_REQUIRES "midge-plugins = ${PROJECT_VERSION}, systemd")
set(CPACK_RPM_SERVER_PACKAGE_REQUIRES_PRE "/usr/sbin/useradd")
set(CPACK_RPM_TOOLS_PACKAGE_REQUIRES "midge-plugins = ${PROJECT_VERSION}")
set(CPACK_RPM_SERVER_USER_FILELIST "%config(noreplace) %attr(0640,root,midge) /etc/midge/midged.conf")
set(CPACK_RPM_SERVER_PRE_INSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/pre.sh)
set(CPACK_RPM_SERVER_POST_INSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/post.sh)
set(CPACK_RPM_SERVER_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/preun.sh)
set(CPACK_RPM_SERVER_POST_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/postun.sh)
