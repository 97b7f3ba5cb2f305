using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Node.Configuration;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Operations.Records;

namespace Realtime.Node.Operations;

/// <summary>The API over HTTP: reads a request, has it checked at the door, lets the desk answer, and notes what was refused before that.</summary>
internal sealed class OperatorEndpoint(OperatorDesk desk, OperatorDoor door, AuditTrail audit)
{
    public const int MostBody = 64 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        var found = RawPath.TrySplit(context, OperatorAnswer.Prefix, out var path) ? desk.Routes.Find(context.Request.Method, path) : null;
        var route = found?.Route;
        var verdict = door.Look(context, route?.Right ?? OperatorRight.View);
        if (route is null)
        {
            await OperatorAnswer.WriteAsync(context, verdict, verdict.Refusal ?? OperatorReply.NotFound($"There is no {context.Request.Method} {context.Request.Path} here.")).ConfigureAwait(false);
            return;
        }

        var question = new OperatorQuestion(route.Method, path!, QueryOf(context.Request), default, verdict.Caller) { Arguments = found!.Value.Arguments };
        var reply = verdict.Refusal;
        if (reply is null)
        {
            (var body, reply) = await BodyAsync(context).ConfigureAwait(false);
            question = question with { Body = body };
        }

        if (reply is null)
        {
            reply = await desk.AnswerAsync(route, question, context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            audit.Note(route, question, reply);
        }

        await OperatorAnswer.WriteAsync(context, verdict, reply).ConfigureAwait(false);
    }

    private static Dictionary<string, string> QueryOf(HttpRequest request) =>
        request.Query.ToDictionary(entry => entry.Key, entry => entry.Value.ToString(), StringComparer.Ordinal);

    private static async Task<(ReadOnlyMemory<byte> Body, OperatorReply? Fault)> BodyAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            return (default, null);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // Smaller than what the server takes from clients, or larger: this is another listener.
            size.MaxRequestBodySize = MostBody;
        }

        using var body = new MemoryStream();
        try
        {
            var buffer = new byte[8 * 1024];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > MostBody)
                {
                    return (default, TooLarge());
                }
            }
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (default, TooLarge());
        }
        catch (Exception fault) when (fault is BadHttpRequestException or IOException or OperationCanceledException)
        {
            return (default, OperatorReply.BadRequest("The body did not come whole."));
        }

        return body.Length > 0 && !context.Request.HasJsonContentType()
            ? (default, OperatorReply.BadRequest("A body must be JSON, with Content-Type: application/json."))
            : (body.ToArray(), null);
    }

    private static OperatorReply TooLarge() => OperatorReply.BadRequest($"A body has at most {MostBody} bytes.");
}
