using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Application.Calls;
using Realtime.Node.Application.Handlers;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Application;

/// <summary>Brings what connections ask to the handlers of the application, and what these say back.</summary>
internal sealed class ApplicationDesk : IApplication
{
    private readonly HandlerTable _handlers;
    private readonly JsonSerializerOptions _json;
    private readonly Func<StoredCalls> _calls;
    private readonly VerdictEnds _decides;
    private readonly VerdictEnds _answers;

    /// <param name="calls">Asked for with each numbered call: the node starts after its endpoints are mapped.</param>
    public ApplicationDesk(HandlerTable handlers, JsonSerializerOptions json, Func<StoredCalls> calls)
    {
        (_handlers, _json, _calls) = (handlers, json, calls);
        (_decides, _answers) = (new VerdictEnds(Decided), new VerdictEnds(Answered));
    }

    public bool DecidesConnects => _handlers.Connect is not null;

    public bool DecidesSubscribe(ChannelName channel) => _handlers.OfSubscribe(channel) is not null;

    public bool DecidesPublish(ChannelName channel) => _handlers.OfPublish(channel) is not null;

    public bool Handles(string method) => _handlers.TryFindCall(method, out _);

    public ValueTask<Verdict> AskAsync(Question question)
    {
        switch (question)
        {
            case Question.Connect connect when _handlers.Connect is { } run:
                var context = new ConnectContext(
                    connect.Identity, Json(connect.Data), connect.ClientName, connect.ClientVersion, connect.Address.ToString());
                return new(run.RunAsync(context, context.Data, _decides));
            case Question.Subscribe subscribe when _handlers.OfSubscribe(subscribe.Channel) is { } run:
                return new(run.RunAsync(
                    new SubscribeContext(subscribe.Session.ToString(), NameOf(subscribe), subscribe.Channel.Value, Json(subscribe.Presence)), null, _decides));
            case Question.Publish publish when _handlers.OfPublish(publish.Channel) is { } run:
                var data = Json(publish.Payload);
                return new(run.RunAsync(
                    new PublishContext(
                        publish.Session.ToString(), NameOf(publish), publish.Channel.Value, data, data is null ? publish.Payload.Bytes : (ReadOnlyMemory<byte>?)null, publish.Tags),
                    data,
                    _decides));
            case Question.Call call when _handlers.TryFindCall(call.Method, out var run):
                return new(call is { Producer: not null, Sequence: not null } ? _calls().AskAsync(call, key => RunAsync(run, call, key)) : RunAsync(run, call, null));
            default:
                return ValueTask.FromResult<Verdict>(new Verdict.Refused(ErrorCode.NotFound, "the application has no handler for this"));
        }
    }

    private Task<Verdict> RunAsync(HandlerRun run, Question.Call call, string? key)
    {
        var data = Json(call.Data);
        return run.RunAsync(new CallContext(call.Session.ToString(), NameOf(call), call.Method, data, key), data, _answers);
    }

    private static string? NameOf(Question question) => question.Identity?.User.Value;

    /// <summary>Bytes are no JSON.</summary>
    private static JsonElement? Json(Payload? payload) => payload is { IsBinary: false } text ? JsonElement.Parse(text.Bytes.Span) : null;

    private Verdict.Answered Answered(object? reply) => new(reply is null ? null : new Payload(JsonSerializer.SerializeToUtf8Bytes(reply, reply.GetType(), _json)));

    private Verdict Decided(object? said) => said switch
    {
        null => Verdict.Yes,
        Decision { Refusal: var (code, text, retryAfter) } => new Verdict.Refused(code, text, (int?)retryAfter?.TotalMilliseconds),
        Decision { User: { } user } => new Verdict.Allowed { Identity = IdentityOf(user) },
        Decision { Changes: true } changed => new Verdict.Allowed { Payload = new Payload(JsonSerializer.SerializeToUtf8Bytes(changed.Data, _json)) },
        Decision => Verdict.Yes,
        bool isAllowed => isAllowed ? Verdict.Yes : new Verdict.Refused(ErrorCode.Forbidden, "the application does not allow it"),
        _ => throw new InvalidOperationException($"A handler that decides returns nothing, a bool or a {nameof(Decision)}, not {said.GetType().Name}."),
    };

    private SessionIdentity IdentityOf(RealtimeUser user)
    {
        if (user.Name.Length is 0 or > 128 || !ChannelName.TryParse("@" + user.Name, out _, out _))
        {
            throw new InvalidOperationException("The name of a user must be 1 to 128 characters that a channel's name may have.");
        }

        return new SessionIdentity(new UserId(user.Name), user.Expires?.ToUnixTimeMilliseconds())
        {
            Info = user.Info is null ? null : new Payload(JsonSerializer.SerializeToUtf8Bytes(user.Info, _json)),
            Grants = user.Channels.Count == 0 ? ChannelGrants.None : new ChannelGrants([.. user.Channels.Select(channel => new ChannelGrant(channel.Key, channel.Value))]),
        };
    }
}
