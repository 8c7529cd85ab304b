#include "sink-file/file_sink.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "base/version.h"
#include "common/settings.h"

namespace midge {
namespace {

constexpr int64_t queue_events_limit = 10'000'000;
constexpr int64_t file_size_limit = int64_t{1} << 50;
constexpr int64_t files_limit = 100'000;

}  // namespace

Result<FileSinkSettings> FileSinkSettings::parse(std::string_view config_json) {
    auto json = parse_settings(
        config_json, {"path", "queue_events_max", "subjects", "file_size_max", "files_max"});
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
    auto subjects = json_strings(*json, "subjects");
    if (!subjects) return pass(subjects);
    settings.subjects = std::move(*subjects);
    auto size = int_setting(*json, "file_size_max", static_cast<int64_t>(settings.limits.size_max),
                            0, file_size_limit);
    if (!size) return pass(size);
    settings.limits.size_max = static_cast<uint64_t>(*size);
    auto files = int_setting(*json, "files_max", static_cast<int64_t>(settings.limits.files_max), 0,
                             files_limit);
    if (!files) return pass(files);
    settings.limits.files_max = static_cast<uint64_t>(*files);
    return settings;
}

FileSink::FileSink(plugin::SinkHost host, const plugin::SinkStart& start)
    : host_(host),
      settings_(value_or_throw(FileSinkSettings::parse(start.config_json))),
      file_(value_or_throw(EventFile::open(settings_.path, settings_.limits))) {
    for (const std::string& subject : settings_.subjects) {
        if (!host_.filter(subject)) throw std::runtime_error("subjects: \"" + subject + "\"");
    }
    purge();
    thread_.start(*this);
}

plugin::Taken FileSink::publish(const midge_batch& batch) {
    const std::lock_guard lock(mutex_);
    if (batch.lost != 0) {
        queue_.add_gap({batch.lost_first, batch.lost_last, batch.lost});
        lost_ += static_cast<int64_t>(batch.lost);
    }
    uint32_t taken = 0;
    for (; taken < batch.count && has_room_for(batch.events[taken]); ++taken) {
        const midge_event& event = batch.events[taken];
        queue_.add_event(event.sequence, plugin::view(event.subject), plugin::view(event.json));
    }
    changed_.notify_all();
    refused_ = taken < batch.count;
    return {taken, refused_ ? MIDGE_UNAVAILABLE : MIDGE_OK};
}

// One event always fits, however large.
bool FileSink::has_room_for(const midge_event& event) const {
    const size_t bytes = queue_.bytes() + event.subject.size + event.json.size;
    return queue_.events() == 0 ||
           (queue_.events() < settings_.queue_events_max && bytes <= queue_bytes_max);
}

bool FileSink::flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    const bool idle =
        changed_.wait_for(lock, timeout, [&] { return queue_.empty() && !reopen_ && !writing_; });
    return idle && written_all_;
}

void FileSink::stop() {
    {
        const std::lock_guard lock(mutex_);
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
        changed_.wait(lock, [&] { return stopping_ || reopen_ || !queue_.empty(); });
        const bool reopen = std::exchange(reopen_, false);
        if (queue_.empty() && !reopen) return;
        const EventLines lines = std::exchange(queue_, EventLines());
        const bool refused = std::exchange(refused_, false);
        writing_ = true;
        lock.unlock();
        if (refused) host_.ready();
        if (reopen) open_again();
        if (!lines.empty()) write(lines);
        lock.lock();
        writing_ = false;
        written_all_ = !failing_;
        changed_.notify_all();
    }
}

void FileSink::write(const EventLines& lines) {
    const uint64_t lost = file_.lost().count;
    const uint64_t written = file_.events_written();
    const uint64_t rotations = file_.rotations();
    note_outcome(file_.append(lines), lost);
    const uint64_t events = file_.events_written() - written;
    written_ += static_cast<int64_t>(events);
    lost_ += static_cast<int64_t>(lines.events() - events);
    if (events != 0) host_.acknowledge(file_.last_written());
    if (file_.rotations() == rotations) return;
    rotations_ = static_cast<int64_t>(file_.rotations());
    purge();
}

// A line for the first failure, and one when it is over.
void FileSink::note_outcome(const Result<>& written, uint64_t lost_before) {
    if (!written) {
        ++failures_;
        if (!failing_.exchange(true)) {
            host_.error(written.error().text + "; events are lost until it can be written again");
        }
    } else if (failing_.exchange(false)) {
        host_.warn(fmt::format("{} can be written again, {} events were lost",
                               settings_.path.string(), lost_before));
    }
}

// The same for what is to be removed.
void FileSink::purge() {
    const auto purged = file_.purge();
    if (purged) {
        keeping_ = false;
    } else if (!keeping_.exchange(true)) {
        host_.error(purged.error().text + "; more files are kept than files_max allows");
    }
}

void FileSink::open_again() {
    if (auto opened = file_.reopen(); !opened) host_.error(opened.error().text);
    purge();
}

void FileSink::reopen() {
    const std::lock_guard lock(mutex_);
    reopen_ = true;
    changed_.notify_all();
}

void FileSink::report(const plugin::Report& to) {
    to.metric("events_written", written_);
    to.metric("events_lost", lost_);
    to.metric("write_failures", failures_);
    to.metric("rotations", rotations_);
    if (failing_) {
        to.health(MIDGE_HEALTH_DOWN, settings_.path.string() + " cannot be written");
    } else if (keeping_) {
        to.health(MIDGE_HEALTH_DEGRADED, "old files cannot be removed");
    }
    const std::lock_guard lock(mutex_);
    to.metric("events_queued", static_cast<int64_t>(queue_.events()));
}

const midge_sink* sink_file_table() {
    static constexpr midge_sink table =
        plugin::SinkThunks<FileSink>::table("sink-file", midge_version);
    return &table;
}

}  // namespace midge
