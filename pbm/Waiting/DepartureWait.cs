using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;
using Realtime.Pbm.Verbs;
using Spectre.Console;

namespace Realtime.Pbm.Waiting;

/// <summary>Begins a drain or a leave, and stays until the node has nothing left.</summary>
internal sealed class DepartureWait(VerbContext context, string node, bool leaves)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>A node that was told to go is still <c>active</c> for a moment in the eyes of others.</summary>
    private const int LooksUntilBegun = 20;

    private readonly Departure _departure = new(node, leaves);
    private string? _said;

    private string Verb => leaves ? "leave" : "drain";

    public async Task<int> RunAsync(bool noWait, CancellationToken stop)
    {
        var answer = await context.Api.PostAsync(ApiPaths.Node(node, Verb), stop).ConfigureAwait(false);
        if (noWait || answer.Value.Done || VerbContext.CodeOf(answer.Value) != PbmExitCodes.Done)
        {
            return context.Report(answer);
        }

        var timeout = context.Timeout ?? DefaultTimeout;
        using var limit = new CancellationTokenSource(timeout, context.Around.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            await WaitAsync(answer.Value.Text, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            throw new CallFailedException(PbmExitCodes.Unfinished, new OperatorError("timeout", $"{(stop.IsCancellationRequested ? "Interrupted" : $"Not over after {Words.Duration(timeout)}")}: {Progress()}. It goes on; see: pbm node show {node}", null));
        }

        var result = new ActionResult(true, leaves ? $"{node} has left" : $"{node} is drained", answer.Value.Nodes);
        return context.Report(new ApiAnswer<ActionResult>(result, JsonSerializer.Serialize(result, OperatorJson.Default.ActionResult)));
    }

    private Task WaitAsync(string begun, CancellationToken stop) => context.Screen.Moves
        ? context.Screen.Console.Status().Spinner(Spinner.Known.Line).StartAsync(begun.EscapeMarkup(), status => LookAsync(text => status.Status(text.EscapeMarkup()), stop))
        : LookAsync(Say, stop);

    private async Task LookAsync(Action<string> show, CancellationToken stop)
    {
        for (var look = 0; ; look++)
        {
            try
            {
                if (_departure.Look(await context.ClusterAsync(stop).ConfigureAwait(false)))
                {
                    return;
                }

                if (_departure.TakenBack && look > LooksUntilBegun)
                {
                    throw new CallFailedException(PbmExitCodes.Refused, new OperatorError("conflict", $"{node} serves again: somebody took the {Verb} back, or it came up anew.", null));
                }

                show(Progress());
            }
            catch (CallFailedException e) when (e.Passing)
            {
                if (_departure.GoneSilently)
                {
                    return;
                }

                // Whom we ask may be the node that goes. Others, if given, were asked already.
                show($"{e.Error.Message} Last seen: {Progress()}");
            }

            await Task.Delay(Every, context.Around.Time, stop).ConfigureAwait(false);
        }
    }

    private string Progress() => _departure.Left is not { } left
        ? $"{node}: no news"
        : $"{node} {_departure.State}: {left} left";

    /// <summary>Without a terminal a line whenever something changed; on standard error, because the answer is the end.</summary>
    private void Say(string text)
    {
        if (text != _said)
        {
            _said = text;
            context.Screen.Remark(text);
        }
    }
}
