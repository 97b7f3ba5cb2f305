using Realtime.Cluster.Telemetry;
using Realtime.Node.Operations;

namespace Realtime.Node.Hosting;

/// <summary>
/// Takes the node out of service once, however often and by whomever it is asked. It must come before the host stops: ASP.NET Core
/// aborts WebSocket reads as soon as shutdown starts, and a connection that is aborted gets no goodbye.
/// </summary>
public sealed partial class NodeShutdown(NodeRuntime runtime, NodeReadiness readiness, NodeSettings settings, TimeProvider time, ILogger<NodeShutdown> logger)
{
    private readonly Lock _lock = new();
    private Task? _draining;

    /// <summary>Completes when all connections are closed, or the deadline is over, or <paramref name="hurry"/> is cancelled. Never throws.</summary>
    public Task DrainAsync(CancellationToken hurry)
    {
        lock (_lock)
        {
            return _draining ??= DrainOnceAsync(hurry);
        }
    }

    private async Task DrainOnceAsync(CancellationToken hurry)
    {
        readiness.MoveTo(NodePhase.Draining);
        StopRequested(settings.StopTimeout);
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(settings.StopTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, hurry);
        try
        {
            // WaitAsync: the deadline holds even when something in there does not listen to its token.
            await runtime.StopAsync(either.Token).WaitAsync(either.Token);
            NodeStopped((long)time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            StopOverdue((long)time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception fault)
        {
            // The host has to stop all the same.
            StopFailed(fault);
        }

        readiness.MoveTo(NodePhase.Stopped);
    }

    [LoggerMessage(LogEvents.StopRequested, LogLevel.Information, "Stopping: saying goodbye to all connections, for at most {Timeout}")]
    private partial void StopRequested(TimeSpan timeout);

    [LoggerMessage(LogEvents.NodeStopped, LogLevel.Information, "All connections closed after {Elapsed} ms")]
    private partial void NodeStopped(long elapsed);

    [LoggerMessage(LogEvents.StopOverdue, LogLevel.Warning, "Not all connections were closed properly after {Elapsed} ms; stopping anyway")]
    private partial void StopOverdue(long elapsed);

    [LoggerMessage(LogEvents.StopFailed, LogLevel.Error, "Closing the connections failed; stopping anyway")]
    private partial void StopFailed(Exception fault);
}
