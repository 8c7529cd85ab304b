#include <cstdio>

#include "service_host.h"

namespace midge {

int run_hosted(const std::function<int()>& run) {
    return run();
}

bool is_hosted() noexcept {
    return false;
}

void report_start_failure(StartFailure /*kind*/, const std::string& /*why*/) {}

void write_unfiled_log(LogLevel /*level*/, std::string_view line, std::string_view /*text*/) {
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace midge
