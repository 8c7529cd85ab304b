#pragma once
// Takes the frames of a client apart, without keeping what is in them.
#include <string>

#include "websocket/frame.h"

namespace midge {

// Of one connection; on its loop's thread.
class FrameReader {
  public:
    struct Rules {
        bool masked = true;  // frames must be (RFC 6455 section 5.1)
        bool compression = false;
        // Of a frame, and of all frames of a compressed message together, as sent.
        uint64_t message_bytes_max = 0;
    };
    explicit FrameReader(Rules rules) : rules_(rules) {}

    struct Found {
        enum class Kind : uint8_t {
            nothing,  // of interest yet
            data,     // a piece of a message
            control,  // a whole control frame
            bad,      // `payload` says why; nothing more is to be read
            too_big,  // a frame or message
        };
        Kind kind = Kind::nothing;
        size_t used = 0;                // bytes of the input
        std::string_view payload = {};  // within the input, unmasked there, or until the next call
        Opcode opcode = Opcode::binary;
        bool compressed = false;  // the message is
        bool ends = false;        // so does the message, after this piece
    };
    // Looks at input up to the end of the first thing that is of interest. Never gives `nothing`
    // with bytes left over.
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
    bool in_message_ = false;  // more frames of it are to come
    bool compressed_ = false;
    std::array<char, 4> mask_{};
    uint8_t masked_ = 0;  // position in mask_
    Opcode opcode_ = Opcode::binary;
    bool final_ = false;
    uint64_t left_ = 0;           // bytes of the frame
    uint64_t message_bytes_ = 0;  // that count towards the limit
    std::string control_;         // the payload of a control frame, so far
    std::string text_;            // what next() gave out last that is not in its input
};

}  // namespace midge
