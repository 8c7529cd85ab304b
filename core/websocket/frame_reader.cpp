#include "websocket/frame_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace midge {
namespace {

bool is_control(Opcode opcode) {
    return opcode == Opcode::close || opcode == Opcode::ping || opcode == Opcode::pong;
}

}  // namespace

// Computed from the bytes that have arrived.
size_t FrameReader::header_size() const noexcept {
    size_t size = 2;
    if (have_ < size) return size;
    const uint8_t length = header_[1] & length_bits;
    if (length == length_of_16_bits) size += sizeof(uint16_t);
    if (length == length_of_64_bits) size += sizeof(uint64_t);
    if ((header_[1] & mask_bit) != 0) size += mask_.size();
    return size;
}

FrameReader::Found FrameReader::next(char* input, size_t size) {
    size_t used = 0;
    while (!in_frame_) {
        while (have_ < header_size()) {
            if (used == size) return {.used = used};
            header_[have_++] = static_cast<unsigned char>(input[used++]);
        }
        if (!begin_frame()) return {.kind = Found::Kind::bad, .used = used, .payload = text_};
    }
    Found found = take_payload(input + used, size - used);
    found.used += used;
    return found;
}

bool FrameReader::begin_frame() {
    const uint8_t length = header_[1] & length_bits;
    size_t at = 2;
    uint64_t size = length;
    if (length >= length_of_16_bits) {
        const size_t length_bytes =
            length == length_of_16_bits ? sizeof(uint16_t) : sizeof(uint64_t);
        size = 0;
        for (size_t i = 0; i < length_bytes; ++i) size = size << 8 | header_[at++];
    }
    opcode_ = static_cast<Opcode>(header_[0] & opcode_bits);
    final_ = (header_[0] & final_bit) != 0;
    text_ = check_frame(size);
    if (!text_.empty()) return false;
    const bool masked = (header_[1] & mask_bit) != 0;
    mask_ = {};
    if (masked) std::memcpy(mask_.data(), &header_[at], mask_.size());
    masked_ = 0;
    left_ = size;
    have_ = 0;
    in_frame_ = true;
    if (is_control(opcode_)) return true;
    if (opcode_ != Opcode::continuation) compressed_ = (header_[0] & compressed_bit) != 0;
    if (opcode_ != Opcode::continuation || !compressed_) message_bytes_ = 0;
    in_message_ = !final_;
    return true;
}

// Returns the error in the header, or an empty text.
std::string FrameReader::check_frame(uint64_t size) const {
    const bool masked = (header_[1] & mask_bit) != 0;
    const bool compressed = (header_[0] & compressed_bit) != 0;
    if (rules_.masked && !masked) return "mask bit missing";
    if ((header_[0] & other_reserved_bits) != 0) return "RSV2 and RSV3 must be clear";
    if (compressed && !rules_.compression) {
        return "compressed frame received without negotiated permessage-deflate";
    }
    if (size > INT64_MAX) return "invalid 64-bit payload length";
    switch (opcode_) {
        case Opcode::close:
        case Opcode::ping:
        case Opcode::pong:
            if (size > control_payload_max) {
                return fmt::format("control frame length bigger than maximum allowed of {} bytes",
                                   control_payload_max);
            }
            if (!final_) return "control frame does not have final bit set";
            if (compressed) return "control frame is compressed";
            if (opcode_ == Opcode::close && size == 1) {
                return "close frame payload cannot be 1 byte";
            }
            return {};
        case Opcode::text:
        case Opcode::binary:
            if (in_message_) {
                return "new message started before final frame for previous message was received";
            }
            return {};
        case Opcode::continuation:
            if (!in_message_ || compressed) return "invalid continuation frame";
            return {};
    }
    return fmt::format("unknown opcode {}", static_cast<int>(opcode_));
}

void FrameReader::unmask(char* bytes, size_t size) noexcept {
    uint64_t key = 0;
    std::array<char, sizeof(key)> turned;
    for (size_t i = 0; i < turned.size(); ++i) turned[i] = mask_[(masked_ + i) % mask_.size()];
    std::memcpy(&key, turned.data(), sizeof(key));
    size_t at = 0;
    for (; at + sizeof(key) <= size; at += sizeof(key)) {
        uint64_t word = 0;
        std::memcpy(&word, bytes + at, sizeof(word));
        word ^= key;
        std::memcpy(bytes + at, &word, sizeof(word));
    }
    for (; at < size; ++at) bytes[at] = static_cast<char>(bytes[at] ^ turned[at % sizeof(key)]);
    masked_ = static_cast<uint8_t>((masked_ + size) % mask_.size());
}

FrameReader::Found FrameReader::take_payload(char* input, size_t size) {
    const auto part = static_cast<size_t>(std::min<uint64_t>(size, left_));
    unmask(input, part);
    left_ -= part;
    if (is_control(opcode_)) {
        control_.append(input, part);
        if (left_ > 0) return {.used = part};
        Found found = end_control();
        found.used = part;
        return found;
    }
    if (left_ == 0) in_frame_ = false;
    const bool ends = left_ == 0 && final_;
    if (part == 0 && !ends && left_ > 0) return {};
    const uint64_t room = rules_.message_bytes_max - message_bytes_;
    message_bytes_ += std::min<uint64_t>(part, room);
    if (part > room) {
        return {.kind = Found::Kind::too_big,
                .used = part,
                .payload = {input, static_cast<size_t>(room)},
                .compressed = compressed_};
    }
    return {.kind = Found::Kind::data,
            .used = part,
            .payload = {input, part},
            .opcode = opcode_,
            .compressed = compressed_,
            .ends = ends};
}

FrameReader::Found FrameReader::end_control() {
    in_frame_ = false;
    text_.swap(control_);
    control_.clear();
    return {.kind = Found::Kind::control, .payload = text_, .opcode = opcode_};
}

}  // namespace midge
