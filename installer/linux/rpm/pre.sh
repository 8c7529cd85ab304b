# Before the files, some of which belong to the group.
getent group midge >/dev/null || groupadd --system midge
getent passwd midge >/dev/null ||
    useradd --system --gid midge --home-dir /var/lib/midge --no-create-home --shell /usr/sbin/nologin --comment "Midge message broker" midge
