#include "monitor/process_stats.h"

#include <cmath>
#include <thread>
#include <utility>

namespace midge {
namespace {

double percent_of_one_core(const ProcessUsage& from, const ProcessUsage& to) {
    const double busy = static_cast<double>((to.cpu_time - from.cpu_time).count());
    const double passed = static_cast<double>((to.at - from.at).count());
    return std::round(busy / passed * 1000) / 10;
}

}  // namespace

ProcessSampler::ProcessSampler(Reader reader) : reader_(std::move(reader)) {
    stats_.cores = static_cast<int>(std::thread::hardware_concurrency());
    if (const auto usage = reader_()) {
        previous_ = *usage;
        stats_.resident_bytes = usage->resident_bytes;
    }
}

ProcessStats ProcessSampler::sample() {
    std::lock_guard lock(mutex_);
    const auto usage = reader_();
    if (!usage) return stats_;
    stats_.resident_bytes = usage->resident_bytes;
    if (usage->at - previous_.at >= interval_min) {
        stats_.cpu_percent = percent_of_one_core(previous_, *usage);
        previous_ = *usage;
    }
    return stats_;
}

}  // namespace midge
