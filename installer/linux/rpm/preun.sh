# $1: how many versions stay.
if [ "$1" -eq 0 ] && [ -d /run/systemd/system ]; then
    systemctl --no-reload disable --now midged.service || :
fi
