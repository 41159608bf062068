# Children write nothing and open nothing but what their stages list; only the tool itself writes, and only its store.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_strace

small_dataset
use_media inbox/scans/notice.pdf inbox/scans/memo.pdf
strace -f -qq -y -e trace=%file,%process,%network,ftruncate,fchmod -o trace "$ASSAY" run -j1 --store store --json --progress none >run.json 2>run.err
assert_conserved
# The tool and its threads, which read files to digest them: only a thread's clone tells parent_tid.
tool=$(head -n 1 trace | cut -d' ' -f1)
tool="$tool $(grep -oE 'parent_tid=\[[0-9]+\]' trace | grep -oE '[0-9]+' | sort -u | tr '\n' ' ')"

# Opens that write, and calls that change folders; "= -1" are refused ones,
# and Tesseract opens /dev/null for its messages.
changing='O_WRONLY|O_RDWR|O_CREAT|O_TRUNC| (mkdir|mkdirat|rename[a-z0-9]*|unlink[a-z]*|rmdir|link[a-z]*|symlink[a-z]*|truncate|chmod|fchmod[a-z]*|chown|mknod[a-z]*)\('
grep -E "$changing" trace | grep -vE '= -1 |"/dev/null"' >writes || true
others=$(awk -v t=" $tool " 'index(t, " " $1 " ") == 0' writes)
assert_eq "$others" '' 'writes of workers and children'
strays=$(awk -v t=" $tool " 'index(t, " " $1 " ")' writes | grep -v store || true)
assert_eq "$strays" '' 'writes of the tool outside its store'
echo "$(wc -l <writes) opens for writing and changes of folders, all by the tool in its store"

assert_eq "$(grep -cE 'execve\(' trace)" 3 'programs started: the tool, a worker, which is asked first, and one that knows the remedies too'
! grep -E 'socket\((AF_INET|AF_INET6|AF_NETLINK|AF_PACKET)' trace || fail 'a socket to the outside'

# Sources come to children as open descriptors: only the tool opens them by name.
by_name=$(awk -v t=" $tool " 'index(t, " " $1 " ") == 0' trace | grep -v 'msg' | grep -E '"[^"]*inbox/' || true)
assert_eq "$by_name" '' 'sources named by workers and children'
echo 'no source was named by a worker or a child'
