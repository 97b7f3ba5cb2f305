using Realtime.Cluster.Journal;
using Realtime.Node.Auth;

namespace Realtime.Node.Hosting;

/// <summary>Puts one node together and takes it apart again. Knows nothing of HTTP.</summary>
public sealed class NodeRuntime(NodeSettings settings, IStore store, ITokenVerifier tokens, TimeProvider time, ILoggerFactory loggers)
{
    private ResumeTokens? _resumeTokens;

    public NodeSettings Settings { get; } = settings;

    public ITokenVerifier Tokens { get; } = tokens;

    public TimeProvider Time { get; } = time;

    public ILoggerFactory Loggers { get; } = loggers;

    public ResumeTokens ResumeTokens => _resumeTokens ?? throw new InvalidOperationException("The node has not started.");

    /// <summary>Opens the store and everything on top of it.</summary>
    /// <exception cref="StoreFaultException">The store cannot be opened; the node does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var identity = await store.OpenAsync(cancellation);
        _resumeTokens = new ResumeTokens(identity.TokenKeys);
    }

    /// <summary>Says goodbye to every connection and flushes, until done or until cancelled.</summary>
    public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;
}
