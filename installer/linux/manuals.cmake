# Man pages and completion, made from the programs' own help, so that they cannot say anything else.
string(TIMESTAMP today "%Y-%m-%d" UTC)  # SOURCE_DATE_EPOCH, if that is set
set(manuals ${CMAKE_BINARY_DIR}/installed/manuals)
file(GLOB manual_sources ${CMAKE_CURRENT_SOURCE_DIR}/manuals/*.py ${CMAKE_CURRENT_SOURCE_DIR}/man/*.in)
set(programs midged midge-nsc midge-account-server)
if(TARGET midge)
    list(APPEND programs midge)
endif()

add_custom_command(OUTPUT ${manuals}.stamp
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${manuals}
    COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1 $<TARGET_FILE:Python3::Interpreter>
        ${CMAKE_CURRENT_SOURCE_DIR}/manuals/make_manuals.py --bin ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} --out ${manuals}
        --version ${PROJECT_VERSION} --date ${today}
    COMMAND ${CMAKE_COMMAND} -E touch ${manuals}.stamp
    DEPENDS ${programs} ${manual_sources}
    COMMENT "Man pages and shell completion"
    VERBATIM)
add_custom_target(manuals ALL DEPENDS ${manuals}.stamp)

# midge_install_manuals(COMPONENT PROGRAM SECTION): page and completion of a program, which completes its NATS name as well.
function(midge_install_manuals component program section nats_name)
    install(FILES ${manuals}/man/${program}.${section}.gz DESTINATION share/man/man${section} COMPONENT ${component})
    install(FILES ${manuals}/bash/${program} ${manuals}/bash/${nats_name} DESTINATION share/bash-completion/completions COMPONENT ${component})
    install(FILES ${manuals}/zsh/_${program} DESTINATION share/zsh/vendor-completions COMPONENT ${component})
    install(FILES ${manuals}/fish/${program}.fish ${manuals}/fish/${nats_name}.fish DESTINATION share/fish/vendor_completions.d COMPONENT ${component})
endfunction()

midge_install_manuals(server midged 8 nats-server)
install(FILES ${manuals}/man/midged.conf.5.gz DESTINATION share/man/man5 COMPONENT server)
midge_install_manuals(tools midge-nsc 1 nsc)
midge_install_manuals(tools midge-account-server 1 nats-account-server)
if(TARGET midge)
    midge_install_manuals(tools midge 1 nats)
endif()
