using System.Net;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>
/// The built node as a process of its own, shared by the scenarios of one client. They keep apart by the names of their
/// channels, and one after the other find it running, whatever the one before did to it.
/// </summary>
public sealed class ScenarioServer : IScenarioServer, IAsyncDisposable
{
    private readonly RestartableNode _node;

    /// <summary>With a grace time that no scenario outlives: whoever leaves did so by intent.</summary>
    public ScenarioServer() : this("10m")
    {
    }

    internal ScenarioServer(string grace, int chatHistory = 1000, string chatBytes = "64KiB", int requestRate = 500) => _node = new RestartableNode(new Dictionary<string, string>
    {
        ["REALTIME__SESSIONS__GRACE"] = grace,
        ["REALTIME__CONNECTIONS__REQUESTRATE"] = $"{requestRate}",
        ["REALTIME__CONNECTIONS__REQUESTBURST"] = $"{requestRate * 4}",

        // Clients spread their return over this; here nobody has to be spared.
        ["REALTIME__CONNECTIONS__CRASHWINDOW"] = "100ms",
        ["REALTIME__NAMESPACES__chat__HISTORY__COUNT"] = $"{chatHistory}",
        ["REALTIME__NAMESPACES__chat__MESSAGEBYTES"] = chatBytes,
        ["REALTIME__NAMESPACES__short__HISTORY__COUNT"] = "5",
        ["REALTIME__NAMESPACES__cursors__MESSAGEBYTES"] = "64KiB",
    });

    public IPEndPoint Endpoint => _node.Endpoint;

    public string Output => _node.Output;

    public Task KillAsync() => _node.KillAsync();

    public Task StartAsync() => _node.Running ? Task.CompletedTask : _node.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
