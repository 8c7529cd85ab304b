#include "websocket/websocket_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace midge {
namespace {

constexpr size_t raw_read_max = 64 * 1024;
// One for each thread, because it keeps nothing of value between calls.
thread_local std::unique_ptr<char[]> raw_input;

// Fills `out` with up to `size` bytes of the slices after their first `from` bytes. Returns the
// number of slices.
size_t cut(std::span<const IoSlice> slices, size_t from, size_t size, std::span<IoSlice> out) {
    size_t count = 0;
    for (const IoSlice& slice : slices) {
        if (size == 0 || count == out.size()) break;
        const size_t skipped = std::min(from, slice.size);
        from -= skipped;
        const size_t part = std::min(slice.size - skipped, size);
        if (part == 0) continue;
        out[count++] = {slice.data + skipped, part};
        size -= part;
    }
    return count;
}

size_t total(std::span<const IoSlice> slices) {
    size_t sum = 0;
    for (const IoSlice& slice : slices) sum += slice.size;
    return sum;
}

}  // namespace

WebsocketStream::WebsocketStream(std::unique_ptr<Stream>&& raw, Settings settings)
    : settings_(settings), frames_(settings.rules) {
    raw_ = std::move(raw);  // last, because nothing after it can throw
}

void WebsocketStream::set_close(CloseStatus status, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!close_settled_) close_frame_ = midge::close_frame(status, text);
}

Result<Watch> WebsocketStream::watch(Reactor& reactor, IoHandler& handler, Interest interest) {
    auto made = raw_->watch(reactor, handler, interest);
    if (made) {
        reactor_ = &reactor;
        watch_id_ = made->id();
    }
    return made;
}

IoResult WebsocketStream::read(char* data, size_t size) {
    Sink out{data, size};
    if (inflates_) inflate(out);
    if (!unread_.empty()) {
        std::string input = std::exchange(unread_, {});
        decode(input.data(), input.size(), out);
    } else if (out.made == 0 && !ended_) {
        if (!raw_input) raw_input = std::make_unique<char[]>(raw_read_max);
        const IoResult result = raw_->read(raw_input.get(), std::min(size, raw_read_max));
        if (result.kind != IoResult::Kind::done) return result;
        decode(raw_input.get(), result.bytes, out);
    }
    const bool more = inflates_ || !unread_.empty() || ended_;
    if (more && out.made > 0 && reactor_ != nullptr) reactor_->notify(watch_id_, Interest::read);
    if (out.made > 0) return {.kind = IoResult::Kind::done, .bytes = out.made};
    if (!ended_) return {.kind = IoResult::Kind::would_block};
    return {.kind = failure_.empty() ? IoResult::Kind::closed : IoResult::Kind::failed};
}

void WebsocketStream::decode(char* input, size_t size, Sink& out) {
    size_t at = 0;
    while (at < size && out.made < out.room && !inflates_ && !ended_) {
        const FrameReader::Found found =
            frames_.next(input + at, std::min(size - at, out.room - out.made));
        at += found.used;
        take(found, out);
    }
    if (!ended_ && at < size) unread_.assign(input + at, size - at);
}

void WebsocketStream::take(const FrameReader::Found& found, Sink& out) {
    using Kind = FrameReader::Found::Kind;
    switch (found.kind) {
        case Kind::nothing:
            return;
        case Kind::control:
            take_control(found);
            return;
        case Kind::bad:
            fail(CloseStatus::protocol_error, found.payload);
            return;
        case Kind::data:
        case Kind::too_big:
            break;
    }
    if (found.compressed) {
        packed_.append(found.payload);
        if (found.ends) packed_.append(deflate_tail);
        message_ends_ = found.ends;
        inflates_ = true;
        inflate(out);
    } else {
        std::memcpy(out.data + out.made, found.payload.data(), found.payload.size());
        out.made += found.payload.size();
    }
    if (found.kind == Kind::too_big) fail(CloseStatus::message_too_big, "maximum payload exceeded");
}

// Decompresses packed_ as far as there is room.
void WebsocketStream::inflate(Sink& out) {
    if (!inflater_) {
        inflater_ = std::make_unique<Inflater>();
        inflated_bytes_ = 0;
    }
    // One byte more than the limit shows that the message is too long.
    const uint64_t allowed = settings_.rules.message_bytes_max - inflated_bytes_;
    const auto room = static_cast<size_t>(std::min<uint64_t>(out.room - out.made, allowed + 1));
    const Inflater::Progress progress = inflater_->inflate(packed_, out.data + out.made, room);
    packed_.erase(0, progress.used);
    inflated_bytes_ += progress.made;
    out.made += progress.made;
    if (inflated_bytes_ > settings_.rules.message_bytes_max) {
        --out.made;
        fail(CloseStatus::message_too_big, "maximum payload exceeded");
    } else if (progress.bad) {
        fail(CloseStatus::protocol_error, "invalid compressed data");
    }
    // A full buffer may mean that there is more output.
    if (progress.made == room && !ended_) return;
    inflates_ = false;
    packed_ = std::string();
    if (message_ends_) inflater_.reset();
}

void WebsocketStream::take_control(const FrameReader::Found& found) {
    if (found.opcode == Opcode::ping) answer(control_frame(Opcode::pong, found.payload));
    if (found.opcode == Opcode::close) take_close(found.payload);
}

// The answer to a close frame without status has none either.
void WebsocketStream::take_close(std::string_view payload) {
    constexpr size_t status_size = sizeof(uint16_t);
    ended_ = true;
    if (payload.size() < status_size) {
        end_with(control_frame(Opcode::close, {}));
    } else if (!is_utf8(payload.substr(status_size))) {
        end_with(midge::close_frame(CloseStatus::invalid_text, "invalid utf8 body in close frame"));
    } else {
        end_with(control_frame(Opcode::close, payload));
    }
}

// Sets the frame that close() sends after the remaining bytes.
void WebsocketStream::end_with(std::string frame) {
    const std::lock_guard lock(mutex_);
    close_frame_ = std::move(frame);
    close_settled_ = true;
}

void WebsocketStream::fail(CloseStatus status, std::string_view why) {
    ended_ = true;
    failure_ = why;
    inflates_ = false;
    end_with(midge::close_frame(status, why));
}

void WebsocketStream::answer(std::string_view frame) {
    const std::lock_guard lock(mutex_);
    if (closed_ || answers_.size() + frame.size() > unsent_answers_max) return;
    answers_.append(frame);
    if (frame_left_ > 0 || !head_.empty()) return;  // head_ must be sent before the next frame
    const IoSlice slice{answers_.data(), answers_.size()};
    const IoResult result = raw_->write(&slice, 1);
    // The next write() sees the error, too.
    if (result.kind == IoResult::Kind::done) head_ = answers_.substr(result.bytes);
    if (result.kind == IoResult::Kind::would_block) head_ = answers_;
    answers_ = std::string();
}

// `size`: bytes of the payload.
void WebsocketStream::begin_frame(std::span<const IoSlice> payload, size_t size) {
    head_ = std::exchange(answers_, {});
    if (!settings_.compression || size <= compressed_above) {
        head_.append(frame_header(Opcode::binary, size).text());
        frame_left_ = size;
        return;
    }
    const std::string body = deflate_message(payload.data(), payload.size(), size);
    head_.append(frame_header(Opcode::binary, body.size(), true).text()).append(body);
    owed_ = size;
}

// Writes head_ and the bytes of the frame once. Returns `would_block` if the stream does not take
// all of them.
IoResult::Kind WebsocketStream::write_frame(std::span<const IoSlice> slices, size_t& reported) {
    std::array<IoSlice, io_slices_max> out;
    size_t count = 0;
    if (!head_.empty()) out[count++] = {head_.data(), head_.size()};
    count += cut(slices, reported, frame_left_, std::span(out).subspan(count));
    const IoResult result = raw_->write(out.data(), count);
    if (result.kind != IoResult::Kind::done) return result.kind;
    const size_t of_head = std::min(result.bytes, head_.size());
    head_.erase(0, of_head);
    reported += result.bytes - of_head;
    frame_left_ -= result.bytes - of_head;
    if (!head_.empty()) return IoResult::Kind::would_block;
    reported += std::exchange(owed_, 0);
    return result.bytes == total({out.data(), count}) ? IoResult::Kind::done
                                                      : IoResult::Kind::would_block;
}

IoResult WebsocketStream::write(const IoSlice* slices, size_t count) {
    const std::lock_guard lock(mutex_);
    if (closed_) return {.kind = IoResult::Kind::closed};
    const std::span<const IoSlice> given(slices, count);
    const size_t offered = total(given);
    const size_t frame_max = settings_.small_frames  ? small_frame_max - server_header_max
                             : settings_.compression ? compressed_max
                                                     : SIZE_MAX;
    size_t reported = 0;
    IoResult::Kind kind = IoResult::Kind::done;
    while (kind == IoResult::Kind::done && (reported < offered || !head_.empty())) {
        if (frame_left_ == 0 && head_.empty()) {
            std::array<IoSlice, io_slices_max> payload;
            const size_t size = std::min(offered - reported, frame_max);
            const size_t parts = cut(given, reported, size, payload);
            const std::span<const IoSlice> taken(payload.data(), parts);
            begin_frame(taken, total(taken));
        }
        kind = write_frame(given, reported);
    }
    if (kind == IoResult::Kind::closed || kind == IoResult::Kind::failed) return {.kind = kind};
    if (reported == 0) return {.kind = IoResult::Kind::would_block};
    return {.kind = IoResult::Kind::done, .bytes = reported};
}

void WebsocketStream::close() noexcept {
    {
        const std::lock_guard lock(mutex_);
        // A frame cannot be sent within another one.
        if (!std::exchange(closed_, true) && frame_left_ == 0) {
            head_.append(answers_).append(close_frame_);
            const IoSlice slice{head_.data(), head_.size()};
            if (slice.size > 0) (void)raw_->write(&slice, 1);
        }
    }
    raw_->close();
}

}  // namespace midge
