using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Persistence.Store;

namespace Realtime.Tests.Hosting;

public sealed class StoreChoiceTests
{
    [Theory]
    [InlineData("postgres://ann:s%40cret@db.example.com:6432/realtime?sslmode=verify-full", "postgres:db.example.com:6432/realtime")]
    [InlineData("postgresql://ann@db/realtime", "postgres:db:5432/realtime")]
    [InlineData("postgres:Host=db;Username=ann;Password=s@cret;Database=realtime", "postgres:db:5432/realtime")]
    [InlineData("postgres://ann:s%40cret@one:5432,two:5433/realtime", "postgres:one:5432,two:5433/realtime")]
    public void A_PostgreSQL_store_is_printed_without_its_password(string text, string printed)
    {
        StoreChoice.TryParse(text, out var choice).ShouldBeTrue();

        choice.ToString().ShouldBe(printed);
        $"{choice}".ShouldNotContain("cret");
    }

    [Fact]
    public void A_URL_and_a_connection_string_are_the_same()
    {
        StoreChoice.TryParse("postgres://ann:s%40cret@db:6432/realtime?sslmode=verify-full&Maximum%20Pool%20Size=3", out var url).ShouldBeTrue();

        var builder = new Npgsql.NpgsqlConnectionStringBuilder(url.ShouldBeOfType<StoreChoice.Postgres>().Connection);
        (builder.Host, builder.Port, builder.Username, builder.Password, builder.Database, builder.SslMode, builder.MaxPoolSize)
            .ShouldBe(("db", 6432, "ann", "s@cret", "realtime", Npgsql.SslMode.VerifyFull, 3));
    }

    [Theory]
    [InlineData("postgres:")]
    [InlineData("postgres:Username=ann")]
    [InlineData("postgres:no such key=1;Host=db")]
    [InlineData("postgres://")]
    [InlineData("postgres://db:port/realtime")]
    public void What_names_no_host_or_cannot_be_read_is_no_choice(string text) => StoreChoice.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("postgres:Hots=db;Username=ann", "has the unknown PostgreSQL keyword 'Hots'; is Host meant?")]
    [InlineData("postgres:Host=db;Pasword=s3cret", "has the unknown PostgreSQL keyword 'Pasword'; is Password meant?")]
    [InlineData("postgres://ann@db/realtime?sslmod=require", "has the unknown PostgreSQL keyword 'sslmod'; is sslmode meant?")]
    [InlineData("postgres:Host=db;Max Pool=3", "has the unknown PostgreSQL keyword 'Max Pool'")]
    [InlineData("postgres:Host=db;Port=s3cret", "has a value that the PostgreSQL keyword 'Port' cannot have")]
    [InlineData("postgres:Username=ann;Password=s3cret", "names no host of PostgreSQL: Host=… is needed")]
    [InlineData("postgress:Host=db;Password=s3cret", "must be sqlite:PATH, postgres:CONNECTION or memory, is 'postgress:…'; is postgres: meant?")]
    [InlineData("sqlit:data/x.db", "must be sqlite:PATH, postgres:CONNECTION or memory, is 'sqlit:…'; is sqlite: meant?")]
    [InlineData("memmory", "must be sqlite:PATH, postgres:CONNECTION or memory, is 'memmory'; is memory meant?")]
    public void A_store_that_is_none_is_a_fault_that_names_what_is_wrong_and_no_secret(string text, string fault)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Realtime:Store", (string?)text)]).Build();
        var faults = Should.Throw<RealtimeConfigurationException>(() => NodeConfiguration.Read(configuration)).Faults;

        faults.ShouldHaveSingleItem().ShouldStartWith("Realtime:Store " + fault);
        faults[0].ShouldNotContain("s3cret");
    }
}
