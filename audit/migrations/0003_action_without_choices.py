from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        # About forms alone: nothing changes in the database.
        migrations.AlterField("record", "action", models.CharField(max_length=50)),
    ]
