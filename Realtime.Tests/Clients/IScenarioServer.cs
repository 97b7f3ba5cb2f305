using System.Net;

namespace Realtime.Tests.Clients;

/// <summary>
/// The server that a client scenario talks to. Its configuration has the namespaces <c>chat</c> (journal, presence, long
/// history), <c>short</c> (journal, history of 5 messages), <c>board</c> (memory: a restart is a new epoch) and
/// <c>cursors</c> (durability <c>none</c>, dropped for slow readers).
/// </summary>
public interface IScenarioServer
{
    IPEndPoint Endpoint { get; }

    /// <summary>Kills the server without a word: <c>kill -9</c>.</summary>
    Task KillAsync();

    /// <summary>Starts it, again if need be, on the same endpoint and store; ends when it is ready. Nothing happens when it runs.</summary>
    Task StartAsync();
}
