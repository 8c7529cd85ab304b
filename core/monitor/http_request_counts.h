#pragma once
// Counts the requests for each page of the HTTP port, for VARZ.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace midge {

// Any thread.
class HttpRequestCounts {
  public:
    // The pages that VARZ has a counter for, in its order.
    static constexpr std::array<std::string_view, 11> pages{
        "/",    "/accountz", "/accstatz", "/connz", "/gatewayz", "/healthz",
        "/jsz", "/leafz",    "/routez",   "/subsz", "/varz"};

    // Ignores other pages.
    void count(std::string_view page) noexcept {
        for (size_t i = 0; i < pages.size(); ++i) {
            if (pages[i] == page) counts_[i].fetch_add(1, std::memory_order_relaxed);
        }
    }
    [[nodiscard]] uint64_t at(size_t page) const noexcept {
        return counts_[page].load(std::memory_order_relaxed);
    }

  private:
    std::array<std::atomic<uint64_t>, pages.size()> counts_{};
};

}  // namespace midge
