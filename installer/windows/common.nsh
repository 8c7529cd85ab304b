; What the sections of installer and uninstaller share.
!define DATA "$APPDATA\Midge"  ; of all users: %ProgramData%
!define ENVIRONMENT_KEY "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"

; ${Log} TEXT: into install.log and the window. Uses $9.
!macro Log text
    DetailPrint "${text}"
    FileOpen $9 "${DATA}\install.log" a
    FileSeek $9 0 END
    FileWriteUTF16LE $9 "${text}$\r$\n"
    FileClose $9
    ClearErrors
!macroend
!define Log "!insertmacro Log"

; ${FailUnlogged} TEXT CODE: says why, and ends with that exit code; before it is known whose the folder of the log is.
!macro FailUnlogged text code
    MessageBox MB_OK|MB_ICONSTOP "${text}" /SD IDOK
    SetErrorLevel ${code}
    Quit
!macroend
!define FailUnlogged "!insertmacro FailUnlogged"

; ${Fail} TEXT CODE: the same, and it is logged.
!macro Fail text code
    ${Log} "${text}"
    ${FailUnlogged} "${text}" ${code}
!macroend
!define Fail "!insertmacro Fail"

; ${Run} COMMAND CODE: runs a program without a window and ends with CODE if it fails; its output is logged and in $1.
!macro Run command code
    nsExec::ExecToStack `${command}`
    Pop $0
    Pop $1
    ${Log} "$1"
    ${If} $0 != "0"
        ${Fail} "$1 (exit code $0)" ${code}
    ${EndIf}
!macroend
!define Run "!insertmacro Run"

; ${WaitUntilWritable} FILE: a service is stopped a moment before its program is gone. Uses $0 and $1.
!macro WaitUntilWritable file
    StrCpy $0 0
    ${DoWhile} ${FileExists} "${file}"
        ClearErrors
        FileOpen $1 "${file}" a
        ${IfNot} ${Errors}
            FileClose $1
            ${ExitDo}
        ${EndIf}
        IntOp $0 $0 + 1
        ${If} $0 > 150
            ${Fail} "${file} is in use: end the programs of Midge that run." 3
        ${EndIf}
        Sleep 200
    ${Loop}
    ClearErrors
!macroend
!define WaitUntilWritable "!insertmacro WaitUntilWritable"

; ${LinkName} PROGRAM NAME: the program has this second name, too.
!macro LinkName program name
    Delete "$INSTDIR\bin\${name}.exe"
    System::Call 'kernel32::CreateHardLinkW(w "$INSTDIR\bin\${name}.exe", w "$INSTDIR\bin\${program}.exe", p 0) i .r0'
    ${If} $0 == 0
        CopyFiles /SILENT "$INSTDIR\bin\${program}.exe" "$INSTDIR\bin\${name}.exe"
    ${EndIf}
!macroend
!define LinkName "!insertmacro LinkName"
