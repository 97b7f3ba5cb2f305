using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Hosting;

/// <summary>
/// On SIGTERM and SIGINT: drain, then stop the host. .NET's console lifetime stops the host at once. A second signal ends the drain.
/// </summary>
internal sealed partial class DrainFirstLifetime(NodeShutdown shutdown, IHostApplicationLifetime host, ILogger<DrainFirstLifetime> logger)
    : IHostLifetime, IDisposable
{
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _registrations.Clear();
        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Otherwise the runtime ends the process as soon as this returns.
        context.Cancel = true;
        switch (Interlocked.Increment(ref _signals))
        {
            case 1:
                _ = DrainThenStopAsync();
                break;
            case 2:
                StopRequestedAgain();
                _hurry.Cancel();
                break;
        }
    }

    /// <summary>Nothing in here throws: <see cref="NodeShutdown.DrainAsync"/> reports its own faults.</summary>
    private async Task DrainThenStopAsync()
    {
        // Off the signal thread, so that a second signal is heard.
        await Task.Yield();
        await shutdown.DrainAsync(_hurry.Token);
        host.StopApplication();
    }

    [LoggerMessage(LogEvents.StopRequestedAgain, LogLevel.Warning, "Asked to stop a second time: not waiting for the rest")]
    private partial void StopRequestedAgain();
}
