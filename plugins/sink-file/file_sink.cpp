#include "sink-file/file_sink.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "base/version.h"
#include "common/settings.h"

namespace midge {
namespace {

constexpr int64_t queue_events_limit = 10'000'000;

}  // namespace

Result<FileSinkSettings> FileSinkSettings::parse(std::string_view config_json) {
    auto json = parse_settings(config_json, {"path", "queue_events_max"});
    if (!json) return pass(json);
    auto path = required_setting(*json, "path");
    if (!path) return pass(path);
    FileSinkSettings settings;
    auto events =
        int_setting(*json, "queue_events_max", static_cast<int64_t>(settings.queue_events_max), 1,
                    queue_events_limit);
    if (!events) return pass(events);
    // Absolute, as the process may change its directory before the file is opened again.
    std::error_code ignored;
    settings.path = std::filesystem::absolute(*path, ignored);
    settings.queue_events_max = static_cast<uint64_t>(*events);
    return settings;
}

FileSink::FileSink(plugin::SinkHost host, std::string_view config_json)
    : host_(host),
      settings_(value_or_throw(FileSinkSettings::parse(config_json))),
      file_(value_or_throw(EventFile::open(settings_.path))) {
    thread_.start(*this);
}

void FileSink::publish(std::string_view subject, std::string_view json, uint64_t sequence) {
    const Gap event{sequence, sequence, 1};
    const std::lock_guard lock(mutex_);
    const size_t bytes = queue_.lines.size() + subject.size() + json.size();
    if (queue_.events >= settings_.queue_events_max || bytes > queue_bytes_max) {
        // A sink that cannot keep up has many gaps: a line for the 1st, 2nd, 4th, 8th ... of them.
        if (dropped_.count == 0 && std::has_single_bit(++gaps_)) {
            host_.warn(fmt::format("the queue of {} events is full: dropping from event {} on",
                                   queue_.events, sequence));
        }
        dropped_.add(event);
        return;
    }
    note_dropped();
    queue_.lines += event_line(sequence, subject, json);
    queue_.covered.add(event);
    ++queue_.events;
    changed_.notify_all();
}

bool FileSink::flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    note_dropped();
    changed_.notify_all();
    const bool idle =
        changed_.wait_for(lock, timeout, [&] { return queue_.lines.empty() && !writing_; });
    return idle && written_all_;
}

void FileSink::stop() {
    {
        const std::lock_guard lock(mutex_);
        note_dropped();
        stopping_ = true;
        changed_.notify_all();
    }
    thread_.join();
    if (file_.lost().count != 0) {
        host_.error(fmt::format("{} events were not written to {}", file_.lost().count,
                                settings_.path.string()));
    }
    if (auto synced = file_.sync(); !synced) host_.error(synced.error().text);
}

void FileSink::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopping_ || !queue_.lines.empty(); });
        if (queue_.lines.empty()) return;
        const Batch batch = std::exchange(queue_, Batch());
        writing_ = true;
        lock.unlock();
        write(batch);
        lock.lock();
        writing_ = false;
        written_all_ = !failing_;
        changed_.notify_all();
    }
}

void FileSink::write(const Batch& batch) {
    const uint64_t lost = file_.lost().count;
    const auto written = file_.append(batch.lines, batch.covered);
    if (!written && !failing_) {
        host_.error(written.error().text + "; events are lost until it can be written again");
    }
    if (written && failing_) {
        host_.warn(fmt::format("{} can be written again, {} events were lost",
                               settings_.path.string(), lost));
    }
    failing_ = !written;
}

void FileSink::note_dropped() {
    if (dropped_.count == 0) return;
    queue_.lines += gap_line(dropped_);
    queue_.covered.add(dropped_);
    dropped_ = {};
}

const midge_sink* sink_file_table() {
    static constexpr midge_sink table =
        plugin::SinkThunks<FileSink>::table("sink-file", midge_version);
    return &table;
}

}  // namespace midge
