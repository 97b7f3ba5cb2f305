using System.Net;

namespace Realtime.Tests.Clients;

/// <summary>
/// The server that a client scenario talks to. Its configuration has the namespaces <c>chat</c> (journal, presence, long
/// history), <c>short</c> (journal, history of 5 messages) and <c>cursor</c> (durability <c>none</c>).
/// </summary>
public interface IScenarioServer : IAsyncDisposable
{
    IPEndPoint Endpoint { get; }

    /// <summary>Kills the server without a word and starts it again on the same endpoint and store.</summary>
    Task RestartAsync();
}
