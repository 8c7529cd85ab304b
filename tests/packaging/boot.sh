#!/bin/bash
# usage: boot.sh FOLDER
# Boots the system that is in FOLDER with systemd as its first process, in namespaces of its own: no network but loopback, no
# devices, nothing of this machine mounted. Ends with that system; ending this process ends it.
set -euo pipefail
root=$1

# A control group of its own, whatever hierarchy this machine uses.
groups=$(mktemp -d)
group=$groups/midge-packaging.$$

enter_group() {
    mount -t cgroup2 cgroup2 "$groups"
    mkdir "$group"
    echo $$ >"$group/cgroup.procs"
}

# Runs in the new namespaces.
inside() {
    set -euo pipefail
    local root=$1 node
    umount -l "$2"
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for node in null zero full random urandom tty; do
        touch "$root/dev/$node"
        mount --bind "/dev/$node" "$root/dev/$node"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    cd "$root"
    mkdir -p mnt/outside
    pivot_root . mnt/outside
    umount -l /mnt/outside
    rmdir /mnt/outside
    hostname packaging
    exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
}

export -f inside
# The first namespace is for the mount of the control groups, which the machine shall not see.
if [[ ${2:-} != again ]]; then
    exec unshare --mount --propagation private "$BASH" "$0" "$root" again
fi
enter_group
exec unshare --pid --fork --kill-child --mount --net --ipc --uts --cgroup "$BASH" -c 'inside "$@"' inside "$root" "$groups"
