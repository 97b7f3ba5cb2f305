using Realtime.Node.Cluster;
using Realtime.Node.Operations;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Hosting;

/// <summary>
/// Takes the node out of service once, however often and by whomever it is asked. It must come before the host stops: ASP.NET Core
/// aborts WebSocket reads as soon as shutdown starts, and a connection that is aborted gets no goodbye. In a cluster shards go first, because moved connections should find their sessions
/// where they go, then connections; then the entities that are left write what they have to, and the node leaves.
/// </summary>
#pragma warning disable CA1001 // The source has no timer and no handle, and whoever asks late may still cancel it.
public sealed partial class NodeShutdown(NodeRuntime runtime, NodeReadiness readiness, NodeSettings settings, TimeProvider time, ILogger<NodeShutdown> logger)
#pragma warning restore CA1001
{
    /// <summary>Sessions that are not written yet lose what changed within the last write-behind, so it is tried even in a hurry.</summary>
    private static readonly TimeSpan HurriedLeave = TimeSpan.FromSeconds(2);

    /// <summary>Of a node that has failed: what its clients still wait for it mostly cannot answer, and its successor can.</summary>
    private static readonly TimeSpan HurriedGoodbye = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WindowMargin = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _hurry = new();
    private Task? _draining;

    /// <summary>
    /// Completes when all connections are closed, or the deadlines are over, or <paramref name="hurry"/> is cancelled. Never throws.
    /// </summary>
    public Task DrainAsync(CancellationToken hurry)
    {
        // Of whoever asks: the second signal counts, too, when an operator asked first.
        hurry.UnsafeRegister(static hurry => ((CancellationTokenSource)hurry!).Cancel(), _hurry);
        lock (_lock)
        {
            return _draining ??= DrainOnceAsync(_hurry.Token);
        }
    }

    private async Task DrainOnceAsync(CancellationToken hurry)
    {
        readiness.MoveTo(NodePhase.Draining);
        var started = time.GetTimestamp();
        var whole = true;
        var goodbye = runtime.HasFailed && settings.StopTimeout > HurriedGoodbye ? HurriedGoodbye : settings.StopTimeout;
        if (!runtime.HasFailed && runtime.HasOtherNodes)
        {
            StopInCluster(settings.DrainWindow, settings.StopTimeout);
            whole &= await PhaseAsync("giving shards away", ShutdownTimes.GiveAway, runtime.GiveShardsAwayAsync, hurry);

            // A little more than the window: the plan ends by itself, and that is not being late.
            whole &= await PhaseAsync(
                "moving connections", settings.DrainWindow + WindowMargin, token => runtime.MoveAwayAsync(settings.DrainWindow, token), hurry);
        }
        else
        {
            StopRequested(goodbye);
        }

        whole &= await PhaseAsync("saying goodbye", goodbye, runtime.CloseAsync, hurry);
        whole &= await PhaseAsync(
            "leaving the cluster", hurry.IsCancellationRequested || runtime.HasFailed ? HurriedLeave : ShutdownTimes.Default.Host, runtime.LeaveAsync, CancellationToken.None);
        var elapsed = (long)time.GetElapsedTime(started).TotalMilliseconds;
        if (whole)
        {
            NodeStopped(elapsed);
        }
        else
        {
            StopOverdue(elapsed);
        }

        readiness.MoveTo(NodePhase.Stopped);
    }

    /// <returns>False: it did not come to its end, and the next one begins all the same.</returns>
    private async Task<bool> PhaseAsync(string name, TimeSpan limit, Func<CancellationToken, Task> phase, CancellationToken hurry)
    {
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, hurry);
        PhaseBegins(name, limit);
        try
        {
            // WaitAsync: the deadline holds even when something in there does not listen to its token.
            await phase(either.Token).WaitAsync(either.Token);
            PhaseOver(name, (long)time.GetElapsedTime(started).TotalMilliseconds);
            return true;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            PhaseOverdue(name, (long)time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception fault)
        {
            // The host has to stop all the same.
            PhaseFailed(fault, name);
        }

        return false;
    }

    [LoggerMessage(LogEvents.StopRequested, LogLevel.Information, "Stopping: saying goodbye to all connections, for at most {Timeout}")]
    private partial void StopRequested(TimeSpan timeout);

    [LoggerMessage(LogEvents.StopInCluster, LogLevel.Information, "Stopping: giving shards and then connections to other nodes, connections over {Window}; then goodbye to those that are left, for at most {Timeout}")]
    private partial void StopInCluster(TimeSpan window, TimeSpan timeout);

    [LoggerMessage(LogEvents.NodeStopped, LogLevel.Information, "Stopped after {Elapsed} ms")]
    private partial void NodeStopped(long elapsed);

    [LoggerMessage(LogEvents.StopOverdue, LogLevel.Warning, "Not everything was stopped properly after {Elapsed} ms; ending anyway")]
    private partial void StopOverdue(long elapsed);

    [LoggerMessage(LogEvents.DrainPhase, LogLevel.Debug, "Now {Phase}, for at most {Limit}")]
    private partial void PhaseBegins(string phase, TimeSpan limit);

    [LoggerMessage(LogEvents.DrainPhaseOver, LogLevel.Debug, "Done with {Phase} after {Elapsed} ms")]
    private partial void PhaseOver(string phase, long elapsed);

    [LoggerMessage(LogEvents.DrainPhaseOverdue, LogLevel.Warning, "Not done with {Phase} after {Elapsed} ms; going on without")]
    private partial void PhaseOverdue(string phase, long elapsed);

    [LoggerMessage(LogEvents.StopFailed, LogLevel.Error, "Failed at {Phase}; stopping anyway")]
    private partial void PhaseFailed(Exception fault, string phase);
}
