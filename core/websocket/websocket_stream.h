#pragma once
// The server's side of WebSocket on top of another stream, after the upgrade
// (docs/protocol/transport.md, WebSocket).
#include <mutex>
#include <optional>
#include <span>

#include "net/stream.h"
#include "websocket/deflate.h"
#include "websocket/frame_reader.h"

namespace midge {

// The threads are those of any Stream. Written bytes have their own lock, because reading may have
// to answer a ping. The NATS protocol ignores where frames begin and end.
//
// As with TlsStream: after a write() that the socket did not take completely, the next write() must
// be given the rest of the same bytes first.
class WebsocketStream final : public Stream {
  public:
    struct Settings {
        FrameReader::Rules rules;  // its limit also applies to decompressed messages
        bool compression = false;
        bool small_frames = false;  // for browsers
    };
    // If an exception is thrown, `raw` is unchanged.
    WebsocketStream(std::unique_ptr<Stream>&& raw, Settings settings);

    // Returns the reason why the client's frames were refused; empty if they were not.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    // Sets the close frame that close() sends.
    void set_close(CloseStatus status, std::string_view text);

    // Returns `closed` after the client's close frame, and `failed` after an invalid frame.
    [[nodiscard]] IoResult read(char* data, size_t size) override;
    [[nodiscard]] IoResult write(const IoSlice* slices, size_t count) override;
    void close() noexcept override;
    [[nodiscard]] SocketHandle socket() const noexcept override { return raw_->socket(); }
    [[nodiscard]] Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                      Interest interest) override;
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return raw_->peer(); }

    static constexpr size_t small_frame_max = 4096;       // bytes
    static constexpr size_t compressed_above = 64;        // bytes of a message
    static constexpr size_t compressed_max = 256 * 1024;  // bytes of a message
    // The limit of unsent answers to pings, for clients that do not read. Further answers are
    // omitted.
    static constexpr size_t unsent_answers_max = 4096;  // bytes

  private:
    // Destination of decoded bytes.
    struct Sink {
        char* data;
        size_t room;
        size_t made = 0;
    };
    void decode(char* input, size_t size, Sink& out);
    void take(const FrameReader::Found& found, Sink& out);
    void take_control(const FrameReader::Found& found);
    void take_close(std::string_view payload);
    void inflate(Sink& out);
    void fail(CloseStatus status, std::string_view why);
    void answer(std::string_view frame);
    void end_with(std::string frame);

    void begin_frame(std::span<const IoSlice> payload, size_t size);
    [[nodiscard]] IoResult::Kind write_frame(std::span<const IoSlice> slices, size_t& reported);

    std::unique_ptr<Stream> raw_;
    const Settings settings_;

    // Reading
    FrameReader frames_;
    std::string unread_;  // input that waits for room at the caller
    std::unique_ptr<Inflater> inflater_;
    std::string packed_;  // compressed bytes that wait for room at the caller
    bool inflates_ = false;
    bool message_ends_ = false;    // after packed_
    uint64_t inflated_bytes_ = 0;  // of the current message
    bool ended_ = false;
    std::string failure_;
    Reactor* reactor_ = nullptr;
    uint64_t watch_id_ = 0;

    std::mutex mutex_;            // guards the members below, and writing of raw_
    std::string head_;            // sent before anything else: whole frames, or a frame's header
    size_t frame_left_ = 0;       // bytes of the current frame that write() has not been given yet
    size_t owed_ = 0;             // bytes that head_ represents and no write() has reported
    std::string answers_;         // control frames to be sent before the next frame
    std::string close_frame_;     // sent by close()
    bool close_settled_ = false;  // the client's frames have determined close_frame_
    bool closed_ = false;
};

}  // namespace midge
