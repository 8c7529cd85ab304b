#include "wire/runner/tls_connection.h"

#include <Poco/Exception.h>
#include <Poco/Timespan.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <stdexcept>

#include "support/certificates.h"

namespace midge::wire {
namespace {

constexpr size_t info_bytes_max = 64 * 1024;
constexpr size_t tls_read_bytes_max = 64 * 1024;
constexpr long socket_timeout_us = 10'000'000;

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

Context make_context(const Opening& opening) {
    Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (opening.tls12) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    const std::string authority = test::certificate_path("ca.pem");
    bool made = SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr) == 1;
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (!opening.certificate.empty()) {
        const std::string file = test::certificate_path(opening.certificate + ".pem");
        const std::string key = test::certificate_path(opening.certificate + ".key");
        made = made && SSL_CTX_use_certificate_chain_file(context.get(), file.c_str()) == 1 &&
               SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) == 1;
    }
    if (!made) throw std::runtime_error("no certificate of the tests: " + opening.certificate);
    return context;
}

// Reads up to the first line end, or less if the server sends no more.
std::string read_info(Poco::Net::StreamSocket& socket) {
    std::string info;
    char byte = 0;
    while (info.size() < info_bytes_max && !info.ends_with("\r\n")) {
        if (socket.receiveBytes(&byte, 1) != 1) break;
        info += byte;
    }
    return info;
}

class TlsConnection final : public Connection {
  public:
    TlsConnection(Poco::Net::StreamSocket socket, const Opening& opening)
        : socket_(std::move(socket)),
          context_(make_context(opening)),
          ssl_(SSL_new(context_.get()), SSL_free) {
        socket_.setReceiveTimeout(Poco::Timespan(socket_timeout_us));
        if (!opening.speaks_first) early_ = read_info(socket_);
        SSL_set_fd(ssl_.get(), static_cast<int>(socket_.impl()->sockfd()));
        SSL_set1_host(ssl_.get(), "localhost");
        SSL_set_mode(ssl_.get(), SSL_MODE_AUTO_RETRY);
        open_ = SSL_connect(ssl_.get()) == 1;
    }

    void send(std::string_view bytes) override {
        // If the peer has closed the connection or takes no more bytes, the next receive() shows
        // it.
        if (open_ && !bytes.empty())
            (void)SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }

    Received receive(Clock::time_point deadline) override {
        using std::chrono::microseconds;
        if (!early_.empty()) return {Received::What::bytes, std::exchange(early_, {})};
        if (!open_) return {Received::What::closed, {}};
        const auto left = std::chrono::duration_cast<microseconds>(deadline - Clock::now()).count();
        const Poco::Timespan wait(std::max<Poco::Timespan::TimeDiff>(left, 0));
        if (SSL_pending(ssl_.get()) == 0 && !socket_.poll(wait, Poco::Net::Socket::SELECT_READ))
            return {Received::What::timed_out, {}};
        std::string bytes(tls_read_bytes_max, '\0');
        const int count = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
        if (count <= 0) {  // a reset or an alert ends a connection like a close
            open_ = false;
            return {Received::What::closed, {}};
        }
        bytes.resize(static_cast<size_t>(count));
        return {Received::What::bytes, std::move(bytes)};
    }

    void finish_sending() override {
        if (open_) (void)SSL_shutdown(ssl_.get());
        try {
            socket_.shutdownSend();
        } catch (const Poco::Exception&) {
            // Already closed by the peer.
        }
    }

  private:
    Poco::Net::StreamSocket socket_;
    Context context_;
    Ssl ssl_;
    std::string early_;
    bool open_ = false;
};

}  // namespace

std::unique_ptr<Connection> start_tls(Poco::Net::StreamSocket socket, const Opening& opening) {
    return std::make_unique<TlsConnection>(std::move(socket), opening);
}

}  // namespace midge::wire
