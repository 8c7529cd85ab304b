# Builds for Windows with Debian's MinGW compiler and the libraries of scripts/windows-deps.sh. The programs run with Wine.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(triple x86_64-w64-mingw32)
set(CMAKE_C_COMPILER ${triple}-gcc-posix)
set(CMAKE_CXX_COMPILER ${triple}-g++-posix)
set(CMAKE_RC_COMPILER ${triple}-windres)
set(MIDGE_MESSAGE_COMPILER ${triple}-windmc)

execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../../scripts/windows-deps.sh --print-prefix
    OUTPUT_VARIABLE MIDGE_WINDOWS_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(NOT EXISTS ${MIDGE_WINDOWS_PREFIX}/complete)
    message(FATAL_ERROR "The libraries for Windows are not built: run scripts/windows-deps.sh (expected ${MIDGE_WINDOWS_PREFIX})")
endif()
set(CMAKE_FIND_ROOT_PATH /usr/${triple} ${MIDGE_WINDOWS_PREFIX})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${MIDGE_WINDOWS_PREFIX}/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
set(OPENSSL_ROOT_DIR ${MIDGE_WINDOWS_PREFIX})
set(OPENSSL_USE_STATIC_LIBS ON)
set(ZLIB_USE_STATIC_LIBS ON)

# Windows 10 is the oldest supported version. Each program is a single file that needs no libraries of the compiler.
set(flags "-D_WIN32_WINNT=0x0A00 -DWIN32_LEAN_AND_MEAN -DSODIUM_STATIC -isystem ${MIDGE_WINDOWS_PREFIX}/include/spellings")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags}")
foreach(kind EXE SHARED MODULE)
    set(CMAKE_${kind}_LINKER_FLAGS_INIT "-static")
endforeach()

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/run-with-wine.sh)
# The place of this machine's files under Wine, for paths that tests are built with.
set(MIDGE_TEST_DRIVE "Z:")
