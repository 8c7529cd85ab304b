#pragma once
// The limits of all data that the host accepts from a plugin. docs/plugins.md repeats them.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace midge {

// The longest line that a plugin logs or returns as the reason of a failure; the rest is cut.
inline constexpr size_t plugin_line_bytes_max = 4096;
// For name and version of a plugin, and names in its tables.
inline constexpr size_t plugin_name_bytes_max = 64;

inline constexpr uint32_t plugin_settings_max = 64;
inline constexpr size_t plugin_setting_text_bytes_max = 1024;

inline constexpr size_t report_metrics_max = 64;

// Accounts in one fetch.
inline constexpr uint32_t fetch_batch_max = 64;
// Accounts on a page of a list, pages of a list, and accounts on all pages.
inline constexpr uint32_t list_page_accounts_max = 16'384;
inline constexpr size_t list_pages_max = 4096;
inline constexpr size_t list_accounts_max = 4'000'000;
inline constexpr size_t list_cursor_bytes_max = 1024;
// The size of the largest page: its keys and newlines.
inline constexpr size_t list_page_bytes_max = size_t{list_page_accounts_max} * 57;

// Requests without an answer.
inline constexpr size_t pending_requests_max = 4096;
// `changed` notices that the host has not handled yet. More of them become one notice about all
// accounts.
inline constexpr size_t waiting_changes_max = 1024;
// The minimum time limit for store, list and erase.
inline constexpr std::chrono::milliseconds manage_timeout_min{5000};

// Filters of a sink.
inline constexpr size_t sink_filters_max = 64;
inline constexpr size_t sink_filter_bytes_max = 256;
// Events in one call.
inline constexpr size_t sink_batch_events_max = 256;
// Events that wait for a sink that is not ready. More are dropped and counted.
inline constexpr size_t sink_queue_events_max = 65'536;
inline constexpr size_t sink_queue_bytes_max = 64 * 1024 * 1024;
// Interval at which the host tries a sink again that did not take all events and has not called
// ready().
inline constexpr std::chrono::seconds sink_retry_interval{1};
// Time limit of a flush.
inline constexpr std::chrono::milliseconds flush_timeout{2000};

}  // namespace midge
