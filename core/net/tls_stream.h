#pragma once
// TLS around another stream.
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/stream.h"
#include "net/tls_context.h"

namespace midge {

struct HandshakeNotes;

// Threads as for any Stream; OpenSSL's state has a lock of its own, because reading may have to
// write and writers come from any loop.
//
// A write() that the socket does not take whole reports the bytes of whole batches that are gone;
// those of the batch under way are reported by the next write(), which must be given the same bytes
// first, as a queue does.
class TlsStream final : public Stream {
  public:
    // `early`: what was read from `raw` already. `host`: of the peer, if the context is for a
    // client's side. An exception leaves `raw` as it was.
    TlsStream(std::unique_ptr<Stream>&& raw, std::shared_ptr<const TlsContext> context,
              std::string_view early, const std::string& host = {});
    ~TlsStream() override;
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    enum class Progress { done, wants_read, wants_write, failed };
    // To be called when the socket is readable or writable, until it gives `done` or `failed`.
    // Owner's loop.
    [[nodiscard]] Progress handshake();
    // Why it failed, as nats-server would log it: "tls: client didn't provide a certificate".
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    // Whether it failed because the client speaks something else.
    [[nodiscard]] bool is_no_tls() const noexcept;

    // After the handshake.
    [[nodiscard]] std::string version() const;       // "1.3"
    [[nodiscard]] std::string cipher_suite() const;  // by its IANA name
    struct PeerNames {
        std::vector<std::string> alternatives;  // e-mail addresses, then DNS names, then URIs
        // The subject's sets of type ("CN", or an OID with dots) and value, in the order of RFC
        // 4514 (the reverse of the certificate's).
        std::vector<std::vector<std::pair<std::string, std::string>>> subject;
    };
    // Of the client's certificate; empty without one.
    [[nodiscard]] PeerNames peer_names() const;
    // As PEM, the client's own first, up to the authority; empty without one that was verified.
    [[nodiscard]] std::vector<std::string> verified_chain() const;
    // Whether the client's key is one of the context's pinned ones, or none are pinned.
    [[nodiscard]] bool peer_is_pinned() const;

    [[nodiscard]] IoResult read(char* data, size_t size) override;
    [[nodiscard]] IoResult write(const IoSlice* slices, size_t count) override;
    void close() noexcept override;
    [[nodiscard]] SocketHandle socket() const noexcept override { return raw_->socket(); }
    [[nodiscard]] Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                      Interest interest) override;
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return raw_->peer(); }

    // Ciphertext that a peer may make us keep without taking it.
    static constexpr size_t unsent_bytes_max = 256 * 1024;

  private:
    struct Bio;      // what OpenSSL reads and writes: memory of ours
    struct OneCall;  // holds the lock
    [[nodiscard]] IoResult::Kind fill(size_t size);
    [[nodiscard]] IoResult::Kind flush();
    [[nodiscard]] bool encrypt(const char* data, size_t size);
    [[nodiscard]] size_t encrypt_batch(const IoSlice* slices, size_t count, size_t from);
    [[nodiscard]] Progress note_failure(int result);
    // Has notes_ say what a failure's text will need.
    void take_notes();

    mutable std::mutex mutex_;  // guards what follows, and raw_'s reading and writing
    std::unique_ptr<Stream> raw_;
    const std::shared_ptr<const TlsContext> context_;
    ssl_st* ssl_ = nullptr;
    std::string_view input_;         // ciphertext for OpenSSL, within a call
    std::string unread_;             // what is left of it between calls
    std::string* output_ = nullptr;  // where OpenSSL puts ciphertext, within a call
    std::string unsent_;             // what the socket has not taken of it
    size_t owed_ = 0;                // plain bytes in unsent_ that no write() has reported
    bool broken_ = false;
    std::string failure_;
    std::unique_ptr<HandshakeNotes> notes_;  // until the handshake is done
    Reactor* reactor_ = nullptr;
    uint64_t watch_id_ = 0;
};

}  // namespace midge
