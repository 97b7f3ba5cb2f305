using Realtime.Client;
using Realtime.Client.Core;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>How a client numbers its hellos.</summary>
public sealed class AttemptTests
{
    [Fact]
    public void Every_hello_has_a_higher_number_than_the_last_also_of_a_client_that_goes_on_as_another()
    {
        var client = new MachineDriver(new ClientMemory { Session = "token-1", Attempt = 5_000 });
        client.Post(new ClientInput.Connect());
        var attempts = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            var link = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
            client.Post(new ClientInput.LinkOpened(link));
            attempts.Add(client.SentOne(link, "hello").GetProperty("attempt").GetInt64());
            client.Lose(link);
            client.Advance(TimeSpan.FromSeconds(4));
        }

        attempts[..2].ShouldBe([5_001, 5_002]);
        attempts[3].ShouldBeGreaterThan(attempts[2]);
        attempts[3].ShouldBeGreaterThanOrEqualTo(12_000, "time goes on faster than hellos");
        client.Machine.Attempt.ShouldBe(attempts[3]);
    }
}
