#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "open_files.h"

namespace midge {

Result<uint64_t> raise_open_files(uint64_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return fail("getrlimit: " + std::generic_category().message(errno));
    if (limit.rlim_cur >= wanted) return limit.rlim_cur;
    // A privileged process may exceed the hard limit.
    rlimit raised{.rlim_cur = wanted, .rlim_max = std::max<rlim_t>(limit.rlim_max, wanted)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
    raised = {.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted), .rlim_max = limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) return limit.rlim_cur;
    return raised.rlim_cur;
}

}  // namespace midge
