using Akka.Hosting;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Node.Persistence.Journal;

/// <summary>The journals' part of <c>AddAkka</c>.</summary>
public static class JournalRegistration
{
    /// <summary>
    /// Adds the journals, the snapshot store and the serializer, and waits until both journals have answered. Comes before the entities.
    /// </summary>
    /// <param name="journals">Over a store that is open.</param>
    public static AkkaConfigurationBuilder WithRealtimeJournal(this AkkaConfigurationBuilder builder, Journals journals)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(journals);
        foreach (var setup in journals.Setups)
        {
            builder.AddSetup(setup);
        }

        return builder
            .AddHocon(journals.Configuration, HoconAddMode.Append)
            .AddHocon(SerializationConfig.Hocon, HoconAddMode.Append)
            .WithActors(async (system, _) => await journals.WarmUpAsync(system).ConfigureAwait(false));
    }
}
