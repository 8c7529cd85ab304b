#pragma once
// WebSocket around another stream, the server's side, after the upgrade (spec client-protocol.md
// 10).
#include <mutex>
#include <optional>
#include <span>

#include "net/stream.h"
#include "websocket/deflate.h"
#include "websocket/frame_reader.h"

namespace midge {

// Threads as for any Stream; what is written has a lock of its own, because reading may have to
// answer a ping. Where frames begin and end means nothing to the protocol above.
//
// As for TlsStream, a write() that the socket does not take whole must be followed by one that is
// given the rest of the same bytes first.
class WebsocketStream final : public Stream {
  public:
    struct Settings {
        FrameReader::Rules rules;  // its limit counts for what is inflated, too
        bool compression = false;
        bool small_frames = false;  // for browsers
    };
    // An exception leaves `raw` as it was.
    WebsocketStream(std::unique_ptr<Stream>&& raw, Settings settings);

    // Why the client's frames were refused; empty: they were not.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    // What close() tells the client.
    void set_close(CloseStatus status, std::string_view text);

    // `closed` after the client's close frame, `failed` after a bad frame.
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
    // Answers to pings that a client does not take; further ones are not sent.
    static constexpr size_t unsent_answers_max = 4096;  // bytes

  private:
    // Where decoded bytes go.
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
    std::string unread_;  // input that waits for room
    std::unique_ptr<Inflater> inflater_;
    std::string packed_;  // compressed bytes that wait for room
    bool inflates_ = false;
    bool message_ends_ = false;    // behind packed_
    uint64_t inflated_bytes_ = 0;  // of this message
    bool ended_ = false;
    std::string failure_;
    Reactor* reactor_ = nullptr;
    uint64_t watch_id_ = 0;

    std::mutex mutex_;         // guards what follows, and raw_'s writing
    std::string head_;         // goes out before anything else: whole frames, or a frame's header
    size_t frame_left_ = 0;    // bytes of the frame under way that are to be given to write()
    size_t owed_ = 0;          // bytes that head_ stands for and no write() has reported
    std::string answers_;      // control frames that go out before the next frame
    std::string close_frame_;  // of close()
    bool close_settled_ = false;  // the client's frames have decided what it says
    bool closed_ = false;
};

}  // namespace midge
