#pragma once
// Parses the frames of a client, without keeping their payload.
#include <string>

#include "websocket/frame.h"

namespace midge {

// Belongs to one connection; used on its loop's thread.
class FrameReader {
  public:
    struct Rules {
        bool masked = true;  // frames must be masked (RFC 6455 section 5.1)
        bool compression = false;
        // Limit for a frame, and for all frames of a compressed message together, before
        // decompression.
        uint64_t message_bytes_max = 0;
    };
    explicit FrameReader(Rules rules) : rules_(rules) {}

    struct Found {
        enum class Kind : uint8_t {
            nothing,  // nothing yet
            data,     // a piece of a message
            control,  // a whole control frame
            bad,      // `payload` has the reason; no more input may be read
            too_big,  // a frame or message
        };
        Kind kind = Kind::nothing;
        size_t used = 0;  // bytes of the input
        // In the input, which is unmasked in place, or valid until the next call.
        std::string_view payload = {};
        Opcode opcode = Opcode::binary;
        bool compressed = false;  // the message is compressed
        bool ends = false;        // the message ends after this piece
    };
    // Reads input up to the end of the first result. Returns `nothing` only if all input is used.
    [[nodiscard]] Found next(char* input, size_t size);

  private:
    static constexpr size_t header_max = 14;  // bytes, with length and mask
    [[nodiscard]] size_t header_size() const noexcept;
    [[nodiscard]] bool begin_frame();
    [[nodiscard]] std::string check_frame(uint64_t size) const;
    void unmask(char* bytes, size_t size) noexcept;
    [[nodiscard]] Found take_payload(char* input, size_t size);
    [[nodiscard]] Found end_control();

    const Rules rules_;
    std::array<unsigned char, header_max> header_{};
    uint8_t have_ = 0;  // bytes of header_
    bool in_frame_ = false;
    bool in_message_ = false;  // more frames of the message will follow
    bool compressed_ = false;
    std::array<char, 4> mask_{};
    uint8_t masked_ = 0;  // position in mask_
    Opcode opcode_ = Opcode::binary;
    bool final_ = false;
    uint64_t left_ = 0;           // bytes of the frame
    uint64_t message_bytes_ = 0;  // counted towards the limit
    std::string control_;         // payload of an incomplete control frame
    std::string text_;            // the last result of next() that is not in its input
};

}  // namespace midge
