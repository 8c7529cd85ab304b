; An operator with a system account and an account for applications, a user in each, and a configuration that trusts it.

!macro Nsc arguments
    ${Run} '"$INSTDIR\bin\midge-nsc.exe" --all-dirs "${DATA}\keys" ${arguments}' 4
!macroend
!define Nsc "!insertmacro Nsc"

; ${RestrictToAdministrators} FOLDER: nobody else sees what is in it, from now on.
!macro RestrictToAdministrators folder
    CreateDirectory "${folder}"
    ${Run} 'icacls "${folder}" /inheritance:r /grant *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F' 4
!macroend
!define RestrictToAdministrators "!insertmacro RestrictToAdministrators"

Function WriteFirstConfig
    ${RestrictToAdministrators} "${DATA}"
    ${RestrictToAdministrators} "${DATA}\keys"
    ${IfNot} ${FileExists} "${DATA}\keys\midge\midge.jwt"
        ${Nsc} 'add operator -n midge'
        ${Nsc} 'add account -n SYS'
        ${Nsc} 'add user -a SYS -n admin'
        ${Nsc} 'add account -n APP'
        ${Nsc} 'add user -a APP -n app'
    ${EndIf}
    ${Nsc} 'generate config --nats-resolver --sys-account SYS --config-file "${DATA}\resolver.conf" --force'
    ; The account of applications, where the resolver finds it.
    ${Nsc} 'describe account -n APP -F sub'
    StrCpy $2 $1 56 1  ; "A..."
    CreateDirectory "${DATA}\jwt"
    CopyFiles /SILENT "${DATA}\keys\midge\accounts\APP\APP.jwt" "${DATA}\jwt\$2.jwt"
    ClearErrors
    FileOpen $9 "${DATA}\midged.conf" w
    FileWrite $9 "# Configuration of midged, the Midge message broker. After a change: midged --signal reload$\r$\n"
    FileWrite $9 "# A reload says what is wrong and where, and then changes nothing. All settings: midged --help-config$\r$\n"
    FileWrite $9 "# Paths are written with / or with \\; relative ones start from this folder when the service reads them.$\r$\n$\r$\n"
    FileWrite $9 "# Clients on this machine only. For those of the network: 0.0.0.0:$Port, and open the firewall.$\r$\n"
    FileWrite $9 "listen: $\"127.0.0.1:$Port$\"$\r$\n$\r$\n"
    FileWrite $9 "# Trusts the operator whose keys are in the folder keys: move the keys to a safe place.$\r$\n"
    FileWrite $9 "# midge-nsc --all-dirs %ProgramData%\Midge\keys makes accounts and users.$\r$\n"
    FileWrite $9 "include $\"resolver.conf$\"$\r$\n$\r$\n"
    FileWrite $9 "log_file: $\"midged.log$\"$\r$\n"
    FileWrite $9 "log_size_limit: 64MB$\r$\n"
    FileClose $9
    ${If} ${Errors}
        ${Fail} "${DATA}\midged.conf cannot be written" 4
    ${EndIf}
FunctionEnd
