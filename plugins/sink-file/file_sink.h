#pragma once
// sink-file: system events as lines of JSON in a file.
#include <Poco/Runnable.h>
#include <Poco/Thread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "abi/sink_plugin.hpp"
#include "sink-file/event_file.h"

namespace midge {

struct FileSinkSettings {
    std::filesystem::path path;
    uint64_t queue_events_max = 65536;
    std::vector<std::string> subjects;  // patterns; empty: all
    EventFileLimits limits{64 * 1024 * 1024, 8};

    // From JSON: {"path", "queue_events_max", "subjects", "file_size_max", "files_max"}.
    [[nodiscard]] static Result<FileSinkSettings> parse(std::string_view config_json);
};

// Settings: see FileSinkSettings. The file (0600) gets one line per event,
// {"seq":n,"subject":"...","event":{...}}, and where events were lost, because the host's queue was
// full or the file could not be written, {"gap":{"first":n,"last":n,"count":n}}. A file that is
// full gets a name with the time, and the oldest of them are removed. A thread of its own writes,
// and acknowledges what it has written; log rotation may move the file away at any time. stop()
// writes what is queued and syncs it.
class FileSink final : public plugin::Sink, Poco::Runnable {
  public:
    // Besides queue_events_max.
    static constexpr size_t queue_bytes_max = 64 * 1024 * 1024;

    static constexpr midge_setting settings[] = {
        plugin::required_setting("path", MIDGE_SETTING_STRING, "the file"),
        plugin::setting("queue_events_max", MIDGE_SETTING_INTEGER,
                        "the most events that wait for the disk", "65536"),
        plugin::setting("subjects", MIDGE_SETTING_LIST,
                        "subjects of the events that are written, with * and >", "all"),
        plugin::setting("file_size_max", MIDGE_SETTING_INTEGER,
                        "the size at which a file is renamed and a new one begins, in bytes; 0: no "
                        "limit",
                        "64MB"),
        plugin::setting("files_max", MIDGE_SETTING_INTEGER,
                        "the number of files that are kept, with the current one; 0: all", "8")};

    FileSink(plugin::SinkHost host, const plugin::SinkStart& start);

    plugin::Taken publish(const midge_batch& batch) override;
    bool flush(std::chrono::milliseconds timeout) override;
    void reopen() override;
    void report(const plugin::Report& to) override;
    void stop() override;

  private:
    void run() override;
    void write(const EventLines& lines);
    void open_again();
    void purge();
    void note_outcome(const Result<>& written, uint64_t lost_before);
    [[nodiscard]] bool has_room_for(const midge_event& event) const;  // needs the lock

    const plugin::SinkHost host_;
    const FileSinkSettings settings_;
    EventFile file_;                     // the thread's
    std::atomic<bool> failing_ = false;  // the last write failed
    std::atomic<bool> keeping_ = false;  // old files could not be removed
    std::atomic<int64_t> written_{0}, lost_{0}, failures_{0}, rotations_{0};

    std::mutex mutex_;
    std::condition_variable changed_;
    EventLines queue_;
    bool refused_ = false;  // the host waits until there is room
    bool reopen_ = false;
    bool writing_ = false;
    bool written_all_ = true;  // the last batch was written
    bool stopping_ = false;
    Poco::Thread thread_;
};

// The plugin's table, for programs that link it in.
[[nodiscard]] const midge_sink* sink_file_table();

}  // namespace midge
