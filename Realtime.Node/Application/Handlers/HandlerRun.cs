using System.Text.Json;
using System.Threading.RateLimiting;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Application.Handlers;

/// <summary>
/// Runs one handler of the application, off the actors' threads, within its limits. Whatever it does, a verdict comes: what it throws is logged here and is <c>internal</c> to the client, and one that takes too
/// long is cancelled and answered for.
/// </summary>
internal sealed class HandlerRun(BoundHandler handler, HandlerLimits limits, HandlerHost host) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.Concurrency, QueueLimit = limits.Queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <param name="toVerdict">From what the handler returned.</param>
    public Task<Verdict> AskAsync(object context, JsonElement? data, Func<object?, Verdict> toVerdict) => Task.Run(() => WithinTimeAsync(context, data, toVerdict));

    public void Dispose() => _limiter.Dispose();

    private async Task<Verdict> WithinTimeAsync(object context, JsonElement? data, Func<object?, Verdict> toVerdict)
    {
        using var deadline = new CancellationTokenSource(limits.Timeout, host.Time);
        var run = GuardedAsync(context, data, toVerdict, deadline.Token);
        try
        {
            return await run.WaitAsync(limits.Timeout, host.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            host.Log.HandlerTooSlow(handler.Name, limits.Timeout);
            return new Verdict.Refused(ErrorCode.Timeout, "the application did not answer in time", 1000, Outcome.Unknown);
        }
    }

    private async Task<Verdict> GuardedAsync(object context, JsonElement? data, Func<object?, Verdict> toVerdict, CancellationToken cancellation)
    {
        try
        {
            using var lease = await _limiter.AcquireAsync(1, cancellation).ConfigureAwait(false);
            return lease.IsAcquired
                ? await RunAsync(context, data, toVerdict, cancellation).ConfigureAwait(false)
                : new Verdict.Refused(ErrorCode.TooMany, "the application has too much to do", 1000);
        }
        catch (RefusedException refused)
        {
            return new Verdict.Refused(refused.Code, refused.Message, (int?)refused.RetryAfter?.TotalMilliseconds);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            host.Log.HandlerTooSlow(handler.Name, limits.Timeout);
            return new Verdict.Refused(ErrorCode.Timeout, "the application did not answer in time", 1000, Outcome.Unknown);
        }
        catch (Exception fault)
        {
            host.Log.HandlerFailed(fault, handler.Name);
            return new Verdict.Refused(ErrorCode.Internal, "the application failed", null, Outcome.Unknown);
        }
    }

    private async Task<Verdict> RunAsync(object context, JsonElement? data, Func<object?, Verdict> toVerdict, CancellationToken cancellation)
    {
        if (!handler.UsesServices)
        {
            return toVerdict(await InvokeAsync(host.Services).ConfigureAwait(false));
        }

        var scope = host.Services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return toVerdict(await InvokeAsync(scope.ServiceProvider).ConfigureAwait(false));
        }

        ValueTask<object?> InvokeAsync(IServiceProvider services) => handler.Read(handler.Invoke(new HandlerInput(context, data, host.Json, services, cancellation)));
    }
}
