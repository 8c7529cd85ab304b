# $1: how many versions are installed now.
systemd-tmpfiles --create midge.conf || :
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
    if [ "$1" -eq 1 ]; then
        systemctl preset midged.service || :
    fi
fi
