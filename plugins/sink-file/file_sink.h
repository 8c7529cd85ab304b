#pragma once
// sink-file: system events as lines of JSON in a file.
#include <Poco/Runnable.h>
#include <Poco/Thread.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "abi/sink_plugin.hpp"
#include "sink-file/event_file.h"

namespace midge {

struct FileSinkSettings {
    std::filesystem::path path;
    uint64_t queue_events_max = 65536;

    // From JSON: {"path", "queue_events_max"}.
    [[nodiscard]] static Result<FileSinkSettings> parse(std::string_view config_json);
};

// Settings: see FileSinkSettings. The file (0600) gets one line per event,
// {"seq":n,"subject":"...","event":{...}}, and where events were lost, because the queue was full
// or the file could not be written, {"gap":{"first":n,"last":n,"count":n}}. A thread of its own
// writes; log rotation may move the file away at any time. stop() writes what is queued and syncs
// it.
class FileSink final : public plugin::Sink, Poco::Runnable {
  public:
    // Besides queue_events_max.
    static constexpr size_t queue_bytes_max = 64 * 1024 * 1024;

    FileSink(plugin::SinkHost host, std::string_view config_json);

    void publish(std::string_view subject, std::string_view json, uint64_t sequence) override;
    bool flush(std::chrono::milliseconds timeout) override;
    void stop() override;

  private:
    // What is written in one go.
    struct Batch {
        std::string lines;
        Gap covered;          // the events in it, or noted as missing in it
        uint64_t events = 0;  // in it
    };

    void run() override;
    void write(const Batch& batch);
    // Notes in the queue what was dropped before it; needs the lock.
    void note_dropped();

    const plugin::SinkHost host_;
    const FileSinkSettings settings_;
    EventFile file_;        // the thread's
    bool failing_ = false;  // the thread's: the last write failed

    std::mutex mutex_;
    std::condition_variable changed_;
    Batch queue_;
    Gap dropped_;  // since the last event in the queue
    uint64_t gaps_ = 0;
    bool writing_ = false;
    bool written_all_ = true;  // the last batch was written
    bool stopping_ = false;
    Poco::Thread thread_;
};

// The plugin's table, for programs that link it in.
[[nodiscard]] const midge_sink* sink_file_table();

}  // namespace midge
