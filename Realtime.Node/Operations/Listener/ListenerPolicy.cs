using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Realtime.Node.Operations.Listener;

/// <summary>
/// Clients' endpoints answer at the clients' port and operators' at theirs. Where routes are chosen, so that it holds for every endpoint, also for those that somebody
/// adds and forgets to protect.
/// </summary>
public sealed class ListenerPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => int.MinValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var operators = OperatorListener.Took(httpContext);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<OperatorEndpointMark>() is not null != operators)
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }
}
