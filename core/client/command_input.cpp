#include "client/command_input.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "connection/event_loop.h"
#include "connection/opening.h"
#include "protocol/parser.h"

namespace midge {
namespace {

// A shorter part of a command is copied and looked at again with what follows.
constexpr size_t gathered_bytes_min = 4096;

}  // namespace

CommandInput::Read CommandInput::read(Stream& stream, EventLoop& loop, const ParserLimits& limits) {
    const bool fits = std::max(wanted_, rest_.size() + 1) <= EventLoop::read_bytes_max;
    if (!fits && !gathered_) gather(rest_, limits);
    if (gathered_) return read_gathered(stream);
    char* const buffer = loop.read_buffer();
    const size_t kept = rest_.size();
    const size_t wanted =
        std::max({reads_much_ ? EventLoop::read_bytes_max : EventLoop::usual_read_bytes, wanted_,
                  kept + EventLoop::usual_read_bytes / 2});
    size_t room = std::min(wanted, EventLoop::read_bytes_max) - kept;
    if (limits.connect_required)
        room = std::min(room, limits.control_line_bytes_max + Opening::read_slack);
    std::memcpy(buffer, rest_.data(), kept);
    const IoResult result = stream.read(buffer + kept, room);
    return {result, {buffer, kept + result.bytes}, result.bytes == room};
}

// The parser has checked what is wanted against its limit.
void CommandInput::gather(std::string_view rest, const ParserLimits& limits) {
    constexpr size_t operation_bytes_max = 64;
    gathered_ = std::make_unique<GatheredCommand>(
        rest, wanted_, limits.control_line_bytes_max + operation_bytes_max);
    rest_ = std::string();
}

CommandInput::Read CommandInput::read_gathered(Stream& stream) {
    const std::span<char> room = gathered_->room();
    Read read{stream.read(room.data(), room.size()), {}};
    if (read.result.kind != IoResult::Kind::done || !gathered_->add(read.result.bytes)) return read;
    read.gathered = std::move(gathered_);
    read.bytes = read.gathered->bytes();
    wanted_ = 0;
    return read;
}

// `rest` may be a part of what rest_ held before, but never of rest_ itself: the parser gets the
// loop's buffer or a copy.
void CommandInput::keep(std::string_view rest, size_t wanted, bool is_start,
                        const ParserLimits& limits) {
    wanted_ = wanted;
    if (rest.empty()) {
        rest_ = std::string();  // gives its memory back
    } else if (!is_start && rest.size() >= gathered_bytes_min && !rest_.empty()) {
        gather(rest, limits);  // it comes piece by piece
    } else {
        rest_.assign(rest);
    }
}

std::string CommandInput::take() {
    std::string kept = std::move(rest_);
    rest_.clear();
    return kept;
}

void CommandInput::forget() {
    rest_ = std::string();
    gathered_.reset();
}

}  // namespace midge
