#pragma once
// The frames of WebSocket (RFC 6455 section 5).
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace midge {

enum class Opcode : uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

// The status of a close frame (RFC 6455 section 7.4.1).
enum class CloseStatus : uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    invalid_text = 1007,
    policy_violation = 1008,
    message_too_big = 1009,
    server_error = 1011,
    tls_handshake = 1015,
};

inline constexpr size_t control_payload_max = 125;  // bytes
inline constexpr size_t server_header_max = 10;     // bytes; the server sends no mask

inline constexpr uint8_t final_bit = 0x80;
inline constexpr uint8_t compressed_bit = 0x40;  // RSV1 of the first frame of a message
inline constexpr uint8_t other_reserved_bits = 0x30;
inline constexpr uint8_t opcode_bits = 0x0F;
inline constexpr uint8_t mask_bit = 0x80;
inline constexpr uint8_t length_bits = 0x7F;
inline constexpr uint8_t length_of_16_bits = 126;
inline constexpr uint8_t length_of_64_bits = 127;

struct FrameHeader {
    std::array<char, server_header_max> bytes;
    size_t size = 0;
    [[nodiscard]] std::string_view text() const noexcept { return {bytes.data(), size}; }
};

// Returns the header of a frame that the server sends as a whole message.
[[nodiscard]] FrameHeader frame_header(Opcode opcode, size_t payload_size, bool compressed = false);

// Returns a whole control frame. A payload that is too long is cut; the text of a close frame is
// cut between characters.
[[nodiscard]] std::string control_frame(Opcode opcode, std::string_view payload);
[[nodiscard]] std::string close_frame(CloseStatus status, std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace midge
