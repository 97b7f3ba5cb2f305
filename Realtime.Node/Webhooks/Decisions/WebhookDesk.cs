using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Application.Calls;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Webhooks.Decisions;

/// <summary>Brings what connections ask to the application's endpoints. Of several that are for the same question the first one by name is asked.</summary>
/// <param name="calls">Asked for with each numbered call: the node starts after its endpoints are mapped.</param>
internal sealed class WebhookDesk(IReadOnlyList<DecidingEndpoint> endpoints, Func<StoredCalls> calls) : IApplication
{
    public bool DecidesConnects => Find(static endpoint => endpoint.Has(WebhookHooks.Connect)) is not null;

    public bool DecidesSubscribe(ChannelName channel) => OfChannel(WebhookHooks.Subscribe, channel) is not null;

    public bool DecidesPublish(ChannelName channel) => OfChannel(WebhookHooks.Publish, channel) is not null;

    public bool Handles(string method) => OfCall(method) is not null;

    public ValueTask<Verdict> AskAsync(Question question)
    {
        var endpoint = question switch
        {
            Question.Connect => Find(static endpoint => endpoint.Has(WebhookHooks.Connect)),
            Question.Subscribe subscribe => OfChannel(WebhookHooks.Subscribe, subscribe.Channel),
            Question.Publish publish => OfChannel(WebhookHooks.Publish, publish.Channel),
            Question.Call call => OfCall(call.Method),
            _ => null,
        };
        return endpoint is null ? ValueTask.FromResult<Verdict>(new Verdict.Refused(ErrorCode.NotFound, "the application has no endpoint for this"))
            : question is Question.Call { Producer: not null, Sequence: not null } numbered ? new(calls().AskAsync(numbered, key => endpoint.AskAsync(numbered, key)))
            : new(endpoint.AskAsync(question, null));
    }

    private DecidingEndpoint? OfCall(string method)
    {
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Endpoint.Answers(method))
            {
                return endpoints[i];
            }
        }

        return null;
    }

    private DecidingEndpoint? OfChannel(WebhookHooks hook, ChannelName channel)
    {
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Endpoint.Has(hook) && endpoints[i].Endpoint.Covers(channel))
            {
                return endpoints[i];
            }
        }

        return null;
    }

    private DecidingEndpoint? Find(Func<WebhookEndpoint, bool> isFor) => endpoints.FirstOrDefault(endpoint => isFor(endpoint.Endpoint));
}
