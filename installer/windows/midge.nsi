; The Windows installer: programs, a first configuration with an operator, the service. Runs over an older version, whose
; configuration, accounts and service stay.
;
; makensis -DVERSION=0.1.0 -DSTAGE=<folder with bin, lib, share> -DLIST=<uninstall.nsh> -DOUT=<file.exe> midge.nsi
;
; Silent: midge-setup.exe /S [/PORT=4222] [/START=auto|manual|delayed] [/NATSNAMES] [/PATH] [/D=<folder, last>]
; Exit codes: 0 done, 2 an option is wrong, 3 not installed, 4 installed but the service does not run. What was done and why it
; failed is in install.log in %ProgramData%\Midge, unless that folder is somebody else's (midged --service prepare says whose).
Target amd64-unicode
SetCompressor /SOLID lzma
RequestExecutionLevel admin
Name "Midge"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Midge"
BrandingText "Midge ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Midge"
VIAddVersionKey FileDescription "Midge, a NATS-compatible message broker"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright "Apache License 2.0"

!include LogicLib.nsh
!include FileFunc.nsh
!include MUI2.nsh
!include StrFunc.nsh
!include WinMessages.nsh
${Using:StrFunc} UnStrRep
${Using:StrFunc} StrStr
!include common.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Midge"

Var Port        ; of clients, in the first configuration
Var StartType   ; of the service
Var ServiceRan  ; "yes" if it is to run afterwards
Var ServiceKnown

!include first_config.nsh

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_TEXT "The service $\"midged$\" is configured in $\"%ProgramData%\Midge\midged.conf$\". After a change: \
midged --signal reload.$\r$\n$\r$\nThe credentials of the first users are in $\"%ProgramData%\Midge\keys\creds$\", for administrators only."
!insertmacro MUI_PAGE_LICENSE "${LICENSE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; --- before the files --------------------------------------------------------------------------------------------------------
; Everybody may make a folder in %ProgramData%: one that is not an administrator's is not used.
Function PrepareData
    InitPluginsDir
    File "/oname=$PLUGINSDIR\midged.exe" "${STAGE}\bin\midged.exe"
    nsExec::ExecToStack '"$PLUGINSDIR\midged.exe" --service prepare'
    Pop $0
    Pop $1
    ${If} $0 != "0"
        ${FailUnlogged} "$1" 3
    ${EndIf}
FunctionEnd

Function StopOldService
    StrCpy $ServiceKnown "no"
    StrCpy $ServiceRan "no"
    IfFileExists "$INSTDIR\bin\midged.exe" 0 done
    nsExec::ExecToStack '"$INSTDIR\bin\midged.exe" --service status'
    Pop $0
    Pop $1
    ${If} $0 == "4"  ; no such service
        Return
    ${EndIf}
    StrCpy $ServiceKnown "yes"
    ${If} $0 == "0"
        StrCpy $ServiceRan "yes"
        ${Run} '"$INSTDIR\bin\midged.exe" --service stop' 3
    ${EndIf}
    ${WaitUntilWritable} "$INSTDIR\bin\midged.exe"
done:
FunctionEnd

; --- what is installed -------------------------------------------------------------------------------------------------------
Section "Server and tools" SectionServer
    SectionIn RO
    Call PrepareData
    ${Log} "Midge ${VERSION} into $INSTDIR"
    Call StopOldService
    ClearErrors
    SetOverwrite try
    SetOutPath "$INSTDIR"
    File /r "${STAGE}\*.*"
    WriteUninstaller "$INSTDIR\Uninstall.exe"
    ${If} ${Errors}
        ${Fail} "A file in $INSTDIR cannot be written: a program of Midge still runs, or you are not an administrator." 3
    ${EndIf}
    WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayName "Midge"
    WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayVersion "${VERSION}"
    WriteRegStr HKLM "${UNINSTALL_KEY}" Publisher "Midge"
    WriteRegStr HKLM "${UNINSTALL_KEY}" InstallLocation "$INSTDIR"
    WriteRegStr HKLM "${UNINSTALL_KEY}" UninstallString '"$INSTDIR\Uninstall.exe"'
    WriteRegStr HKLM "${UNINSTALL_KEY}" QuietUninstallString '"$INSTDIR\Uninstall.exe" /S'
    WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoModify 1
    WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoRepair 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    IntFmt $0 "0x%08X" $0
    WriteRegDWORD HKLM "${UNINSTALL_KEY}" EstimatedSize $0
SectionEnd

Section /o "NATS names (nats-server, nsc, ...)" SectionNames
    ${LinkName} midged nats-server
    ${LinkName} midge-nsc nsc
    ${LinkName} midge-nsc nk
    ${LinkName} midge-nsc mkpasswd
    ${LinkName} midge-account-server nats-account-server
SectionEnd

Section /o "Programs on the PATH" SectionPath
    ReadRegStr $0 HKLM "${ENVIRONMENT_KEY}" Path
    StrLen $1 $0
    ; A longer text than this installer can hold reads as nothing, and must not be written back.
    ${If} $1 == 0
    ${OrIf} $1 > 800
        ${Log} "The PATH is too long to be changed by this installer: add $INSTDIR\bin yourself."
    ${Else}
        ${StrStr} $1 "$0;" "$INSTDIR\bin;"
        ${If} $1 == ""
            WriteRegExpandStr HKLM "${ENVIRONMENT_KEY}" Path "$0;$INSTDIR\bin"
            SendMessage ${HWND_BROADCAST} ${WM_WININICHANGE} 0 "STR:Environment" /TIMEOUT=5000
        ${EndIf}
    ${EndIf}
SectionEnd

Section -Service
    IfFileExists "${DATA}\midged.conf" configured
    Call WriteFirstConfig
configured:
    ${Run} '"$INSTDIR\bin\midged.exe" --test-config --config "${DATA}\midged.conf"' 4
    ${If} $ServiceKnown == "no"
        ${Run} '"$INSTDIR\bin\midged.exe" --service install --config "${DATA}\midged.conf" --start $StartType' 4
        ${If} $StartType != "manual"
            StrCpy $ServiceRan "yes"
        ${EndIf}
    ${EndIf}
    ${If} $ServiceRan == "yes"
        ; Ends when the service is ready for clients, or with the reason why it is not.
        ${Run} '"$INSTDIR\bin\midged.exe" --service start' 4
        ${Run} '"$INSTDIR\bin\midged.exe" --service status' 4
    ${EndIf}
    ${Log} "Done."
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
    !insertmacro MUI_DESCRIPTION_TEXT ${SectionServer} "midged as a service, its plugins, midge-nsc and midge-account-server"
    !insertmacro MUI_DESCRIPTION_TEXT ${SectionNames} "The programs under the names that NATS documentation uses, too"
    !insertmacro MUI_DESCRIPTION_TEXT ${SectionPath} "Call the programs from any folder"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; --- options -----------------------------------------------------------------------------------------------------------------
Function .onInit
    SetShellVarContext all
    SetRegView 64
    ; An older version's folder, unless /D names another.
    ReadRegStr $0 HKLM "${UNINSTALL_KEY}" InstallLocation
    ${If} $0 != ""
    ${AndIf} $INSTDIR == "$PROGRAMFILES64\Midge"
        StrCpy $INSTDIR $0
    ${EndIf}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/PORT=" $Port
    ${If} ${Errors}
        StrCpy $Port 4222
    ${EndIf}
    IntOp $1 $Port + 0
    ${If} $1 != $Port
    ${OrIf} $1 < 1
    ${OrIf} $1 > 65535
        ${FailUnlogged} "/PORT is $\"$Port$\", expected a number from 1 to 65535" 2
    ${EndIf}
    ClearErrors
    ${GetOptions} $0 "/START=" $StartType
    ${If} ${Errors}
        StrCpy $StartType "auto"
    ${EndIf}
    ${If} $StartType != "auto"
    ${AndIf} $StartType != "manual"
    ${AndIf} $StartType != "delayed"
        ${FailUnlogged} "/START is $\"$StartType$\", expected auto, manual or delayed" 2
    ${EndIf}
    ClearErrors
    ${GetOptions} $0 "/NATSNAMES" $1
    ${IfNot} ${Errors}
        SectionSetFlags ${SectionNames} ${SF_SELECTED}
    ${EndIf}
    ClearErrors
    ${GetOptions} $0 "/PATH" $1
    ${IfNot} ${Errors}
        SectionSetFlags ${SectionPath} ${SF_SELECTED}
    ${EndIf}
FunctionEnd

; --- removal -----------------------------------------------------------------------------------------------------------------
Function un.onInit
    SetShellVarContext all
    SetRegView 64
FunctionEnd

Section "Uninstall"
    ReadRegStr $INSTDIR HKLM "${UNINSTALL_KEY}" InstallLocation
    nsExec::ExecToStack '"$INSTDIR\bin\midged.exe" --service status'
    Pop $0
    Pop $1
    ${If} $0 != "4"
        ${Run} '"$INSTDIR\bin\midged.exe" --service uninstall' 3
    ${EndIf}
    ${WaitUntilWritable} "$INSTDIR\bin\midged.exe"
    ; Only what was installed: somebody's own plugins stay.
    !include "${LIST}"
    Delete "$INSTDIR\Uninstall.exe"
    RMDir "$INSTDIR"
    ReadRegStr $0 HKLM "${ENVIRONMENT_KEY}" Path
    StrLen $1 $0
    ${If} $1 > 0
    ${AndIf} $1 < 1000
        ${UnStrRep} $1 "$0;" ";$INSTDIR\bin;" ";"
        StrCpy $1 $1 -1
        ${If} $1 != $0
            WriteRegExpandStr HKLM "${ENVIRONMENT_KEY}" Path $1
            SendMessage ${HWND_BROADCAST} ${WM_WININICHANGE} 0 "STR:Environment" /TIMEOUT=5000
        ${EndIf}
    ${EndIf}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/PURGE" $1
    ${IfNot} ${Errors}
        RMDir /r "${DATA}"
    ${ElseIf} ${FileExists} "${DATA}\*.*"
        MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 \
            "Remove the configuration, the accounts with their keys, and the logs in ${DATA} as well?" /SD IDNO IDNO kept
        RMDir /r "${DATA}"
    ${EndIf}
kept:
    ; Last: who waits for the end can look for it.
    DeleteRegKey HKLM "${UNINSTALL_KEY}"
SectionEnd
