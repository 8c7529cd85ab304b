#pragma once
// A NATS server for a test: midged, nats-server, or another program with the same flags. It runs on
// a free port until the object is destroyed.
#include <Poco/Net/SocketAddress.h>
#include <Poco/Pipe.h>
#include <Poco/Process.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "support/temp_folder.h"

namespace midge::test {

struct ServerProgram {
    std::string path;
    std::vector<std::string> args;
};

// Owned by the test that started it; used from one thread. The server has a folder for its config,
// log and ports file, which is removed with the object.
class ServerProcess {
  public:
    // Starts `program` with `config`, on a free port of 127.0.0.1, with its log in a file. Returns
    // when it has written its ports file. Fails with the server's output if it ends, or after 30
    // seconds.
    [[nodiscard]] static Result<std::unique_ptr<ServerProcess>> start(const ServerProgram& program,
                                                                      const std::string& config);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    // The address for clients.
    [[nodiscard]] const Poco::Net::SocketAddress& address() const { return address_; }
    // The address for WebSocket clients, if the config has such a listener.
    [[nodiscard]] const std::optional<Poco::Net::SocketAddress>& websocket_address() const {
        return websocket_address_;
    }
    [[nodiscard]] std::string log() const;

    // Asks the server to stop. Fails if it has crashed before, ends with an exit code other than 0,
    // or does not end within 30 seconds (then it is killed). The error contains its output, so that
    // a sanitizer's report fails a test.
    [[nodiscard]] Result<> stop();

  private:
    ServerProcess(TempFolder folder, Poco::ProcessHandle process, Poco::Pipe output);

    [[nodiscard]] Result<> wait_for_ports_file();
    [[nodiscard]] std::string last_words();

    TempFolder folder_;
    Poco::ProcessHandle process_;
    Poco::Pipe output_;
    Poco::Net::SocketAddress address_;
    std::optional<Poco::Net::SocketAddress> websocket_address_;
    bool running_ = true;
};

}  // namespace midge::test
