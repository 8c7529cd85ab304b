# cmake -DBUILD=<build tree> -DVERSION=<version> -DOUT=<file.exe> -DSTRIP=<program> -DMAKENSIS=<program> -DLICENSE=<file> -P make_installer.cmake
set(stage ${BUILD}/installer-stage)
file(REMOVE_RECURSE ${stage})
foreach(component plugins server tools)
    execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${stage} --component ${component} --strip
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
# Other names are links, which the installer makes.
file(REMOVE_RECURSE ${stage}/lib/midge/nats-names)

# What the uninstaller removes: these files, and the folders that are empty then.
file(GLOB_RECURSE entries LIST_DIRECTORIES true RELATIVE ${stage} ${stage}/*)
list(SORT entries ORDER DESCENDING)  # what is in a folder comes before it
set(list "")
foreach(name nats-server nsc nk mkpasswd nats-account-server)
    string(APPEND list "Delete \"$INSTDIR\\bin\\${name}.exe\"\n")
endforeach()
foreach(entry IN LISTS entries)
    string(REPLACE "/" "\\" path "${entry}")
    if(IS_DIRECTORY ${stage}/${entry})
        string(APPEND list "RMDir \"$INSTDIR\\${path}\"\n")
    else()
        string(APPEND list "Delete \"$INSTDIR\\${path}\"\n")
    endif()
endforeach()
file(WRITE ${BUILD}/uninstall.nsh "${list}")

execute_process(COMMAND ${MAKENSIS} -V2 -WX -DVERSION=${VERSION} -DSTAGE=${stage} -DLIST=${BUILD}/uninstall.nsh -DLICENSE=${LICENSE}
    -DOUT=${OUT} ${CMAKE_CURRENT_LIST_DIR}/midge.nsi COMMAND_ERROR_IS_FATAL ANY)
file(SIZE ${OUT} bytes)
math(EXPR kilobytes "${bytes} / 1024")
message("${OUT}, ${kilobytes} KB")
