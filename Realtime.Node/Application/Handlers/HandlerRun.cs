using System.Text.Json;
using System.Threading.RateLimiting;

namespace Realtime.Node.Application.Handlers;

/// <summary>
/// Runs one handler of the application, off the actors' threads, within its limits. Whatever it does, an end comes: what it throws is logged here and nobody else learns of it, and one that takes too
/// long is cancelled and answered for.
/// </summary>
internal sealed class HandlerRun(BoundHandler handler, HandlerLimits limits, HandlerHost host) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.Concurrency, QueueLimit = limits.Queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <param name="stop">Who asked does not wait any more.</param>
    /// <exception cref="OperationCanceledException">Because of <paramref name="stop"/> alone.</exception>
    public Task<TEnd> RunAsync<TEnd>(object context, JsonElement? data, IHandlerEnds<TEnd> ends, CancellationToken stop = default) =>
        Task.Run(() => WithinTimeAsync(context, data, ends, stop), stop);

    public void Dispose() => _limiter.Dispose();

    private async Task<TEnd> WithinTimeAsync<TEnd>(object context, JsonElement? data, IHandlerEnds<TEnd> ends, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(limits.Timeout, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        var run = GuardedAsync(context, data, ends, either.Token, stop);
        try
        {
            return await run.WaitAsync(limits.Timeout, host.Time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            host.Log.HandlerTooSlow(handler.Name, limits.Timeout);
            return ends.TooSlow(limits.Timeout);
        }
    }

    private async Task<TEnd> GuardedAsync<TEnd>(object context, JsonElement? data, IHandlerEnds<TEnd> ends, CancellationToken cancellation, CancellationToken stop)
    {
        try
        {
            using var lease = await _limiter.AcquireAsync(1, cancellation).ConfigureAwait(false);
            return lease.IsAcquired ? await ScopedAsync(context, data, ends, cancellation).ConfigureAwait(false) : ends.Busy();
        }
        catch (RefusedException refused)
        {
            return ends.Refused(refused);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            stop.ThrowIfCancellationRequested();
            host.Log.HandlerTooSlow(handler.Name, limits.Timeout);
            return ends.TooSlow(limits.Timeout);
        }
        catch (Exception fault)
        {
            host.Log.HandlerFailed(fault, handler.Name);
            return ends.Failed();
        }
    }

    private async Task<TEnd> ScopedAsync<TEnd>(object context, JsonElement? data, IHandlerEnds<TEnd> ends, CancellationToken cancellation)
    {
        if (!handler.UsesServices)
        {
            return ends.Returned(await InvokeAsync(host.Services).ConfigureAwait(false));
        }

        var scope = host.Services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return ends.Returned(await InvokeAsync(scope.ServiceProvider).ConfigureAwait(false));
        }

        ValueTask<object?> InvokeAsync(IServiceProvider services) => handler.Read(handler.Invoke(new HandlerInput(context, data, host.Json, services, cancellation)));
    }
}
